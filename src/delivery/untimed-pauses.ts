import type { Advanced } from '../domain/release/moves.ts';
import type { ReleasePlan } from '../domain/release/plan.ts';
import { argoWeightRules as rules, isHeldAt } from '../domain/release/argo-weights.ts';
import { refusedAs, waitUnlessPreempted } from './advance.ts';
import { testedStart } from './tested-start.ts';
import { promote, settle } from './finish.ts';
import { isRefusal, type Move, type Seen } from './move.ts';
import { observeWith } from './observe.ts';
import { undoWith } from './undo.ts';

/**
 * The moves of a release that Argo holds at an untimed pause after each weight. Argo gives the weights, and the release
 * ends the pauses.
 */
export const untimedPauses = {
  advance: {
    start: (move: Move) =>
      testedStart(move, {
        isReady: (seen, plan) => isHeldAt(seen, seen.podHash, firstPause(plan)),
        isPast: (seen, plan) => isPastPause(seen, firstPause(plan)),
      }),
    shift,
  },
  observe: observeWith(rules),
  finish: {
    promote: (move: Move) => promote(move, { stepIndex: move.scene.plan.steps.at(-1)?.pauseIndex as number }),
    settle: (move: Move) => settle(move, rules),
  },
  /** The abort changes Argo's weights, so no weight is written before it. */
  undo: undoWith(rules),
};

/** Where the new version is held with its pods: before its first weight, if the Rollout has a pause there. */
function firstPause({ hold, steps: [first] }: ReleasePlan): number {
  return hold?.pauseIndex ?? (first?.pauseIndex as number);
}

/** Ends the pause before `index` and waits for the pause at `index`: Argo sets the weight in between. */
async function shift(move: Move, index: number): Promise<Advanced> {
  const { world, scene } = move;
  const podHash = scene.newHash as string;
  const before = (index === 0 ? scene.plan.hold : scene.plan.steps[index - 1])?.pauseIndex;
  const here = scene.plan.steps[index]?.pauseIndex as number;
  if (before !== undefined) {
    const result = await world.workload.advance(scene.target, { podHash, stepIndex: before }, scene.owner);
    if (isRefusal(result)) return refusedAs(move, result.detail);
  }
  return waitUnlessPreempted(move, (seen) => (isHeldAt(seen, podHash, here) ? `at step ${here}` : undefined));
}

/** True when the controller has gone on with the newest pods beyond `pauseIndex`, or has made them stable. */
export function isPastPause(seen: Seen, pauseIndex: number): boolean {
  return seen.observed && (seen.stableHash === seen.podHash || (seen.stepIndex ?? 0) > pauseIndex);
}
