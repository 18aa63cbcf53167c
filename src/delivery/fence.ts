import { SluiceError } from '../domain/errors.ts';
import type { Superseded } from '../domain/release/moves.ts';
import type { Scene } from '../domain/release/scene.ts';
import type { Refusal } from '../ports/workload.ts';
import { isRefusal, trafficRef, type Move } from './move.ts';

/**
 * Called before a rollback reads anything: after it, no earlier act of this release can write any more, even one that
 * has stalled and finds the objects as it had left them. Answers why the rollback must leave the Rollout alone: another
 * release owns it. Errors: MARK_LOST.
 */
export async function fenceOff({ world, scene }: Move): Promise<Superseded | undefined> {
  // Some releases never write weights themselves, so what became of this mark is a matter of the write that needs it.
  await world.split.fence(trafficRef(scene), scene.owner);
  const fenced = await world.workload.fence(scene.target, scene.owner);
  if (!isRefusal(fenced)) return undefined;
  if (!fenced.holder) throw markLost(fenced, scene);
  return { kind: 'superseded', detail: fenced.detail };
}

/** A rollback that may not write is for a person to decide: traffic may still be on the new version. */
export function markLost({ detail }: Refusal, { target, plan }: Scene): SluiceError {
  return new SluiceError('MARK_LOST', `${detail}, so this release may not write to it.`, {
    details: { namespace: target.namespace, rollout: target.rollout, traefik_service: plan.traefikService },
  });
}
