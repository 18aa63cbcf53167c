import type { Clusters } from '../../adapters/kubernetes/cluster-client.ts';
import type { TargetKind, TargetToolOptions } from '../target-kind.ts';
import { createRolloutFeed } from './feed.ts';
import { createRolloutObjects } from './objects.ts';
import { createRolloutSteering } from './steering.ts';
import { createRolloutUpdates } from './updates.ts';
import { createWorkload } from './workload.ts';

/** Rollouts of Argo Rollouts ≥ 1.10. */
export const argoRollout = {
  name: 'argo-rollout',
  place: 'cluster',
  workload: (clusters: Clusters) => createWorkload(clusters),
  tools: (clusters: Clusters, { serving, namespaces }: TargetToolOptions) => ({
    rolloutObjects: createRolloutObjects(clusters),
    rolloutSteering: createRolloutSteering(clusters),
    rolloutFeed: createRolloutFeed(clusters, { cached: serving, namespaces }),
    rolloutUpdates: createRolloutUpdates(clusters, namespaces),
  }),
} satisfies TargetKind;
