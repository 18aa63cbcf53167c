import { testedStart } from '../../delivery/tested-start.ts';
import { markLost } from '../../delivery/fence.ts';
import { promote, settle } from '../../delivery/finish.ts';
import { armServices, isRefusal, preemption, readTarget, trafficRef, type Move } from '../../delivery/move.ts';
import { awaitProof } from '../../delivery/observe.ts';
import { undoWith } from '../../delivery/undo.ts';
import type { Advanced } from '../../domain/release/moves.ts';
import type { WriteResult } from '../../ports/workload.ts';
import type { Verbs } from '../strategy.ts';
import { isHeld, rules } from './observation.ts';

export const advance: Verbs['advance'] = {
  start: (move) =>
    testedStart(move, {
      isReady: (seen) => isHeld(seen, seen.podHash),
      isPast: (seen) => seen.observed && (seen.stableHash === seen.podHash || rules.isCutOver(seen, seen.podHash)),
    }),
  shift,
};

/** Writes the weight of step `index`. */
async function shift(move: Move, index: number): Promise<Advanced> {
  const left = preemption(await readTarget(move), move.scene);
  if (left) return left;
  const result = await setWeight(move, move.scene.plan.steps[index]?.weight as number);
  return isRefusal(result) ? { kind: 'superseded', detail: result.detail } : { kind: 'ready', detail: result.detail };
}

export const finish: Verbs['finish'] = {
  promote: (move) => promote(move, {}),
  /** Both Services have the new version at this point, so the weights return to the active one. */
  settle: (move) => settle(move, rules, () => setWeight(move, 0)),
};

/**
 * First sets and proves the weights of the active Service, then aborts. Aborting first gave 503s on the preview's
 * share.
 */
export const undo: Verbs['undo'] = undoWith(rules, async (move) => {
  const written = await setWeight(move, 0);
  if (isRefusal(written) && !written.holder) throw markLost(written, move.scene);
  if (!isRefusal(written)) await awaitProof(move, rules, 0, () => undefined);
});

function setWeight({ world, scene }: Move, weight: number): Promise<WriteResult> {
  return world.split.setWeight(trafficRef(scene), armServices(scene), weight, scene.owner);
}
