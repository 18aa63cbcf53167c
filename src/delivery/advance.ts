import { SluiceError } from '../domain/errors.ts';
import { departure } from '../domain/release/observe.ts';
import type { Advanced, Left, Started } from '../domain/release/moves.ts';
import type { ReleasePlan } from '../domain/release/plan.ts';
import { isRefusal, leftBecause, readTarget, type Move, type Seen } from './move.ts';

/** Sets the image, at most once, and waits until the new pods are ready and held before their first weight. */
export async function start(move: Move, isReady: (seen: Seen, plan: ReleasePlan) => boolean): Promise<Started> {
  const { world, scene } = move;
  const { container, fromImage, toImage, stableHash } = scene.plan;
  const set = await world.workload.setImage(scene.target, { container, from: fromImage, to: toImage }, scene.owner);
  if (isRefusal(set)) return { kind: 'superseded', detail: set.detail };
  return move.wait(async () => {
    const seen = await readTarget(move);
    const left = departure(seen, { toImage, steps: scene.plan.steps });
    if (left) return left;
    if (seen.podHash === stableHash) return undefined;
    return isReady(seen, scene.plan) ? { kind: 'ready' as const, newHash: seen.podHash } : undefined;
  });
}

/** Waits until `arrived` has a text, or until another owner has the target. */
export async function untilLeft(move: Move, arrived: (seen: Seen) => string | undefined): Promise<Advanced> {
  return move.wait(async () => {
    const seen = await readTarget(move);
    const left = leftBecause(seen, move.scene);
    if (left) return left;
    const detail = arrived(seen);
    return detail === undefined ? undefined : { kind: 'ready' as const, detail };
  });
}

/**
 * A guarded write was refused: another version or an abort ends the release. Anything else (paused by hand, a full
 * promotion under way) may pass, so it is tried again until the step's deadline. Errors: CONFLICT.
 */
export async function refusedAs(move: Move, detail: string): Promise<Left> {
  const left = leftBecause(await readTarget(move), move.scene);
  if (left) return left;
  throw new SluiceError('CONFLICT', detail);
}
