import { refusedAs, start, waitUnlessPreempted } from '../../delivery/advance.ts';
import { argoWeightRules as rules, isHeldAt } from '../../domain/release/argo-weights.ts';
import { promote, settle } from '../../delivery/finish.ts';
import { isRefusal, type Move } from '../../delivery/move.ts';
import { undoWith } from '../../delivery/undo.ts';
import type { Advanced } from '../../domain/release/moves.ts';
import type { Verbs } from '../strategy.ts';
import { isPastPause } from './observation.ts';

export const advance: Verbs['advance'] = {
  start: (move) =>
    start(move, {
      isReady: (seen, plan) => isHeldAt(seen, seen.podHash, plan.steps[0]?.pauseIndex as number),
      isPast: (seen, plan) => isPastPause(seen, plan.steps[0]?.pauseIndex as number),
    }),
  shift,
};

/** Ends the pause before `index` and waits for the pause at `index`: Argo sets the weight in between. */
async function shift(move: Move, index: number): Promise<Advanced> {
  const { world, scene } = move;
  const podHash = scene.newHash as string;
  const before = scene.plan.steps[index - 1]?.pauseIndex;
  const here = scene.plan.steps[index]?.pauseIndex as number;
  if (before !== undefined) {
    const result = await world.workload.advance(scene.target, { podHash, stepIndex: before }, scene.owner);
    if (isRefusal(result)) return refusedAs(move, result.detail);
  }
  return waitUnlessPreempted(move, (seen) => (isHeldAt(seen, podHash, here) ? `at step ${here}` : undefined));
}

export const finish: Verbs['finish'] = {
  promote: (move) => promote(move, { stepIndex: move.scene.plan.steps.at(-1)?.pauseIndex as number }),
  settle: (move) => settle(move, rules),
};

/** The abort changes Argo's weights, so no weight is written before it. */
export const undo: Verbs['undo'] = undoWith(rules);
