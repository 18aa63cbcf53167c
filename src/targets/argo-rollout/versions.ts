import { SluiceError } from '../../domain/errors.ts';
import type { Target } from '../../domain/release/target.ts';
import type { RolloutVersions } from '../../ports/rollout-history.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { readRevisionsOf } from './history.ts';
import { readPodsByHash } from './pods.ts';
import { readRollout } from './read.ts';

/** One read of the Rollout, then one list of its ReplicaSets and one of its pods, both at once. */
export async function readVersions(client: ClusterClient, target: Target): Promise<RolloutVersions> {
  const rollout = await readRollout(client, target);
  const [revisions, pods] = await Promise.all([
    readRevisionsOf(client, rollout).catch(problemOf),
    readPodsByHash(client, target, rollout).catch(problemOf),
  ]);
  return {
    podHash: rollout.status.currentPodHash ?? '',
    stableHash: rollout.status.stableRS ?? '',
    ...(typeof revisions === 'string' ? { revisions: [], revisionsProblem: revisions } : { revisions }),
    ...(typeof pods === 'string' ? { pods: new Map(), podsProblem: pods } : { pods }),
  };
}

function problemOf(error: unknown): string {
  if (error instanceof SluiceError) return error.message;
  throw error;
}
