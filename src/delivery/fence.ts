import { SluiceError } from '../domain/errors.ts';
import type { Superseded } from '../domain/release/moves.ts';
import type { Scene } from '../domain/release/scene.ts';
import type { Refusal } from '../ports/workload.ts';
import { isRefusal, trafficRef, type Move } from './move.ts';

/**
 * A rollback calls this before it reads anything. Afterwards no earlier act of this release can write any more, even
 * one that stalled and finds the objects unchanged. Returns a value if another release owns the Rollout: the rollback
 * must then not change it. Errors: MARK_LOST.
 */
export async function fenceOff({ world, scene }: Move): Promise<Superseded | undefined> {
  // The result of the split is ignored: some releases never write weights, so a lost mark matters only to the write
  // that needs it.
  const [fenced] = await Promise.all([
    world.workload.fence(scene.target, scene.owner),
    world.split.fence(trafficRef(scene), scene.owner),
  ]);
  if (!isRefusal(fenced)) return undefined;
  if (!fenced.holder) throw markLost(fenced, scene);
  return { kind: 'superseded', detail: fenced.detail };
}

/** A person has to decide about a rollback that may not write, because traffic may still be on the new version. */
export function markLost({ detail }: Refusal, { target, plan }: Scene): SluiceError {
  return new SluiceError('MARK_LOST', `${detail}, so this release may not write to it.`, {
    details: {
      namespace: target.namespace,
      rollout: target.rollout,
      ...(plan.controllerOnly ? {} : { traefik_service: plan.traefikService }),
    },
  });
}
