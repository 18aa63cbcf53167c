import type { Clusters } from '../../adapters/kubernetes/cluster-client.ts';
import type { SplitKind } from '../split-kind.ts';
import { createSplit } from './split.ts';

/** Argo's own routers and numbers of pods, as its status reports them. No proxy is read, and nothing is counted. */
export const argoStatus = {
  name: 'argo-status',
  place: 'cluster',
  split: (clusters: Clusters) => createSplit(clusters),
  tools: () => ({}),
  podNamespace: () => undefined,
} satisfies SplitKind;
