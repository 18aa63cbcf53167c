import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { RolloutObjectsPort } from '../../ports/rollout-objects.ts';
import type { Clusters } from '../kubernetes/client.ts';
import { ROLLOUT } from '../kubernetes/kinds.ts';
import { readView, refOf } from './read.ts';
import { Rollout } from './schema.ts';
import { toView } from './view.ts';

const Identity = z.object({ metadata: z.object({ uid: z.string() }) });

/** RolloutObjectsPort on the Kubernetes API. */
export function createRolloutObjects(clusters: Clusters): RolloutObjectsPort {
  return {
    async list({ cluster, namespace }) {
      const items = await clusters.client(cluster).list(ROLLOUT, namespace);
      // One odd object must not hide the others.
      const rollouts = items.map((item) => Rollout.safeParse(item)).flatMap(({ data }) => (data ? [data] : []));
      return rollouts.map((rollout) => toView({ cluster, namespace: rollout.metadata.namespace, rollout: rollout.metadata.name }, rollout, {}));
    },
    read: (target) => readView(clusters.client(target.cluster), target),
    async remove(target) {
      const client = clusters.client(target.cluster);
      const before = await readView(client, target);
      const { metadata } = Identity.parse(await client.get(refOf(target)));
      await client.remove(refOf(target), metadata);
      try {
        return { changed: true, effective: 'pending', reason: 'deletion has begun', before, after: await readView(client, target) };
      } catch (error) {
        if (error instanceof SluiceError && error.code === 'ROLLOUT_NOT_FOUND') return { changed: true, effective: 'proved', reason: 'the Rollout is gone', before };
        throw error;
      }
    },
  };
}
