import type { PlanStep } from '../../domain/release/plan.ts';
import { twicePaused, weightRanges } from '../../domain/release/argo-steps.ts';
import type { RolloutStep } from '../../domain/rollout.ts';

/**
 * The weights of Argo's own steps, each with the range of steps in which it is in force. A weight of 0 reaches no user,
 * so it is no step of the release. `problem`: the reason why the list is refused.
 */
export function watchedSteps(
  steps: readonly RolloutStep[],
): { readonly steps: readonly PlanStep[] } | { readonly problem: string; readonly next: string } {
  const twice = twicePaused(steps);
  if (twice)
    return {
      problem: `steps ${twice.untimedPauses.join(' and ')} are untimed pauses at the same weight ${twice.weight}`,
      next: `Remove spec.strategy.canary.steps[${twice.untimedPauses.at(-1)}].`,
    };
  const reached = weightRanges(steps).filter(({ weight }) => weight > 0);
  return {
    steps: reached.map(({ weight, first, last, untimedPauses: [pauseIndex] }) => ({
      weight,
      watched: { first, last },
      ...(pauseIndex === undefined ? {} : { pauseIndex }),
    })),
  };
}
