import type { RolloutSteeringPort } from '../../ports/rollout-steering.ts';
import type { Clusters } from '../kubernetes/client.ts';
import { readView, refOf } from './read.ts';

/** RolloutSteeringPort on Argo Rollouts ≥ 1.10, through the Kubernetes API. */
export function createRolloutSteering(clusters: Clusters): RolloutSteeringPort {
  return {
    async pause(target) {
      const client = clusters.client(target.cluster);
      const before = await readView(client, target);
      if (before.specPaused) return { changed: false, effective: 'proved', reason: 'it is paused by hand already', before, after: before };
      await client.mergePatch(refOf(target), { metadata: { resourceVersion: before.resourceVersion }, spec: { paused: true } });
      const after = await readView(client, target);
      return { changed: true, effective: after.specPaused ? 'proved' : 'pending', reason: 'spec.paused is set', before, after };
    },
  };
}
