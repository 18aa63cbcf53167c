import type { PlanStep } from '../../domain/release/plan.ts';
import type { RolloutStep } from '../../domain/rollout.ts';

/**
 * The weights of Argo's own steps, each with the range of steps in which it is in force. A weight of 0 reaches no user,
 * so it is no step of the release. `problem`: the reason why the list is refused.
 */
export function watchedSteps(
  steps: readonly RolloutStep[],
): { readonly steps: readonly PlanStep[] } | { readonly problem: string; readonly next: string } {
  const begins = steps.flatMap(({ setWeight }, first) => (setWeight === undefined ? [] : [{ first, setWeight }]));
  const plan: PlanStep[] = [];
  for (const [position, { first, setWeight: weight }] of begins.entries()) {
    const last = (begins[position + 1]?.first ?? steps.length) - 1;
    const pauses = untimedPauses(steps, first, last);
    const [pauseIndex, second] = pauses;
    if (second !== undefined)
      return {
        problem: `steps ${pauses.join(' and ')} are untimed pauses at the same weight ${weight}`,
        next: `Remove spec.strategy.canary.steps[${second}].`,
      };
    if (weight > 0)
      plan.push({ weight, watched: { first, last }, ...(pauseIndex === undefined ? {} : { pauseIndex }) });
  }
  return { steps: plan };
}

function untimedPauses(steps: readonly RolloutStep[], first: number, last: number): readonly number[] {
  return steps.flatMap(({ pause }, index) =>
    pause && pause.seconds === undefined && index >= first && index <= last ? [index] : [],
  );
}
