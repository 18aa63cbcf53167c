import type { PodStreamsPort } from '../../ports/pod-streams.ts';
import type { Clusters } from '../kubernetes/cluster-client.ts';
import { exec } from './exec.ts';
import { forward } from './forward.ts';

/** PodStreamsPort on the WebSockets of the Kubernetes API. */
export function createPodStreams(clusters: Clusters): PodStreamsPort {
  return {
    exec: async (at, command, streams, signal) => exec(clusters.client(at.cluster), at, { command, streams, signal }),
    forward: async (what, events, signal) => forward(clusters.client(what.cluster), what, events, signal),
  };
}
