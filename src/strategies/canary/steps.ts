import type { PlanStep } from '../../domain/release/plan.ts';
import type { RolloutStep } from '../../domain/rollout.ts';

/** The plan of a canary is its own step list. A text result is the reason why the list is refused. */
export function canarySteps(steps: readonly RolloutStep[]): PlanStep[] | string {
  const plan: PlanStep[] = [];
  for (const [index, step] of steps.entries()) {
    if (step.other) return `step ${index} is ${step.other}: Argo would run it beside this release's own analysis`;
    if (step.pause && step.pause.seconds !== undefined) return `step ${index} is a timed pause: it advances unjudged`;
    if (step.setWeight !== undefined && !steps[index + 1]?.pause)
      return `step ${index} (setWeight ${step.setWeight}) is not followed by an untimed pause`;
    if (step.pause && steps[index - 1]?.setWeight === undefined)
      return `step ${index} is a pause without a setWeight before it`;
    if (step.pause && steps[index - 1]?.setWeight === 0)
      return `step ${index - 1} has weight 0: no user would reach the new version there, so nothing could be judged`;
    if (step.pause) plan.push({ weight: steps[index - 1]?.setWeight as number, pauseIndex: index });
  }
  return plan;
}
