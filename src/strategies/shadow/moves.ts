import type { Move, Seen } from '../../delivery/move.ts';
import { previewWeights } from '../../delivery/preview-weights.ts';
import { isPastPause, untimedPauses } from '../../delivery/untimed-pauses.ts';
import { switchedWeightRules } from '../../domain/release/switched-weights.ts';
import type { Started, Withdrawn } from '../../domain/release/moves.ts';
import type { CopyPlan } from '../../domain/release/plan.ts';
import type { Verbs } from '../strategy.ts';
import { compareCopies } from './comparing.ts';
import { endCopies, tryToEndCopies } from './copying.ts';

type Moves = Omit<Verbs, 'plan'>;

/** Argo holds the version at a pause of its steps, or as a preview. */
function movesOf({ scene }: Move): Moves {
  return heldAt(scene) === undefined ? previewWeights : untimedPauses;
}

function heldAt({ plan }: Move['scene']): number | undefined {
  return plan.hold?.pauseIndex;
}

export const advance: Moves['advance'] = {
  /** A killed worker may have left copies: an attempt that does not get as far as the comparison ends them too. */
  async start(move): Promise<Started> {
    const ready = await movesOf(move).advance.start(move);
    if (ready.kind !== 'ready') {
      await tryToEndCopies(move);
      return ready;
    }
    const { newHash } = ready;
    const compared = await compareCopies(
      { ...move, scene: { ...move.scene, newHash } },
      { copies: move.scene.plan.copies as CopyPlan, isPast: (seen) => hasUsers(seen, newHash, heldAt(move.scene)) },
    );
    if (compared.kind !== 'ready') return compared;
    const details = [ready.detail, compared.detail].filter((detail) => detail !== undefined);
    return { ...ready, detail: details.join('; ') };
  },
  shift: (move, index) => movesOf(move).advance.shift(move, index),
};

function hasUsers(seen: Seen, newHash: string, pauseIndex: number | undefined): boolean {
  if (pauseIndex !== undefined) return isPastPause(seen, pauseIndex);
  return seen.stableHash === newHash || switchedWeightRules.isCutOver(seen, newHash);
}

export const observe: Moves['observe'] = {
  weight: (move, wanted) => movesOf(move).observe.weight(move, wanted),
  verify: (move, wanted) => movesOf(move).observe.verify(move, wanted),
  externalChange: (move, index) => movesOf(move).observe.externalChange(move, index),
};

export const finish: Moves['finish'] = {
  promote: (move) => movesOf(move).finish.promote(move),
  settle: (move) => movesOf(move).finish.settle(move),
};

export const undo: Moves['undo'] = {
  /**
   * While its start has not ended the version has no users, and its pods must not go while requests are copied to them.
   * Later the traffic of users comes first.
   */
  async withdraw(move): Promise<Withdrawn> {
    const hasBegun = move.scene.newHash !== undefined;
    if (!hasBegun) await endCopies(move);
    const withdrawn = await movesOf(move).undo.withdraw(move);
    if (hasBegun) await endCopies(move);
    return withdrawn;
  },
  settle: (move) => movesOf(move).undo.settle(move),
  restore: (move) => movesOf(move).undo.restore(move),
  bringBack: (move) => movesOf(move).undo.bringBack(move),
};
