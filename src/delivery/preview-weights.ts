import type { Advanced } from '../domain/release/moves.ts';
import { isHeld, switchedWeightRules as rules } from '../domain/release/switched-weights.ts';
import type { WriteResult } from '../ports/workload.ts';
import { testedStart } from './tested-start.ts';
import { markLost } from './fence.ts';
import { promote, settle } from './finish.ts';
import { armServices, isRefusal, preemption, readTarget, trafficRef, type Move } from './move.ts';
import { awaitProof, observeWith } from './observe.ts';
import { undoWith } from './undo.ts';

/**
 * The moves of a release that itself gives the preview Service its weights. Argo holds the version until its promotion,
 * and then switches at once.
 */
export const previewWeights = {
  advance: {
    start: (move: Move) =>
      testedStart(move, {
        isReady: (seen) => isHeld(seen, seen.podHash),
        isPast: (seen) => seen.observed && (seen.stableHash === seen.podHash || rules.isCutOver(seen, seen.podHash)),
      }),
    shift,
  },
  observe: observeWith(rules),
  finish: {
    promote: (move: Move) => promote(move, {}),
    /** Both Services have the new version at this point, so the weights return to the active one. */
    settle: (move: Move) => settle(move, rules, () => setWeight(move, 0)),
  },
  /**
   * First sets and proves the weights of the active Service, then aborts. Aborting first gave 503s on the preview's
   * share.
   */
  undo: undoWith(rules, async (move) => {
    const written = await setWeight(move, 0);
    if (isRefusal(written) && !written.holder) throw markLost(written, move.scene);
    if (!isRefusal(written)) await awaitProof(move, rules, 0, () => undefined);
  }),
};

/** Writes the weight of step `index`. */
async function shift(move: Move, index: number): Promise<Advanced> {
  const left = preemption(await readTarget(move), move.scene);
  if (left) return left;
  const result = await setWeight(move, move.scene.plan.steps[index]?.weight as number);
  return isRefusal(result) ? { kind: 'superseded', detail: result.detail } : { kind: 'ready', detail: result.detail };
}

function setWeight({ world, scene }: Move, weight: number): Promise<WriteResult> {
  return world.split.setWeight(trafficRef(scene), armServices(scene), weight, scene.owner);
}
