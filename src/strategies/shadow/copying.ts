import { SluiceError, ignoreFailure } from '../../domain/errors.ts';
import { markLost } from '../../delivery/fence.ts';
import { armServices, isRefusal, trafficRef, type Move } from '../../delivery/move.ts';
import type { Superseded } from '../../domain/release/moves.ts';

/** Has reads copied. Undefined: not yet in force at every proxy. */
export async function copyReads({ world, scene }: Move, percent: number): Promise<'in-force' | Superseded | undefined> {
  const copying = await world.split.copyReads?.(trafficRef(scene), armServices(scene), percent, scene.owner);
  if (!copying) throw new SluiceError('CONFLICT', 'The split of this release copies no requests.');
  if (isRefusal(copying)) return { kind: 'superseded', detail: copying.detail };
  return copying.inForce ? 'in-force' : undefined;
}

/**
 * Waits until no proxy copies requests to the new version. It may run at any time and more than once. Errors: MARK_LOST
 * when the mark of the release was removed.
 */
export function endCopies(move: Move): Promise<'ended' | Superseded> {
  return move.wait(() => endOnce(move));
}

/** For an attempt that ends early: the undo of the release ends the copies as well, and waits for it. */
export async function tryToEndCopies(move: Move): Promise<void> {
  await endOnce(move).catch(ignoreFailure);
}

async function endOnce({ world, scene }: Move): Promise<'ended' | Superseded | undefined> {
  const copying = await world.split.stopCopies?.(trafficRef(scene), scene.owner);
  if (!copying) return 'ended';
  if (!isRefusal(copying)) return copying.inForce ? undefined : 'ended';
  if (copying.holder) return { kind: 'superseded', detail: copying.detail };
  throw markLost(copying, scene);
}
