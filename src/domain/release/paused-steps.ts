import type { RolloutStep } from '../rollout.ts';
import { fixedSteps } from './argo-weight-checks.ts';
import { twicePaused } from './argo-steps.ts';
import { bad } from './preflight-checks.ts';
import type { PlanRules } from './plan-rules.ts';
import type { RolloutFacts } from './preflight-facts.ts';
import type { Check, PlanStep } from './plan.ts';
import { isSpecRefused } from './refused-spec.ts';

/** The Rollout's own steps are the plan, if Argo holds an untimed pause after each weight. */
export const untimedSteps: PlanRules['steps'] = (_spec, rollout) => {
  const steps = pausedSteps(rollout.steps);
  const problem =
    typeof steps === 'string' ? steps : steps.length === 0 ? 'the Rollout has no setWeight step' : undefined;
  if (problem !== undefined || typeof steps === 'string')
    return {
      problem: problem ?? '',
      next: `Set spec.strategy.canary.steps: ${JSON.stringify(fixedSteps(rollout))}${watching(rollout)}.`,
    };
  return { steps, detail: `canary weights ${steps.map((step) => step.weight).join(', ')}, then 100` };
};

/** A text result is the reason why the list is refused. */
function pausedSteps(steps: readonly RolloutStep[]): PlanStep[] | string {
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

/** The other way, where there is one: Argo runs the steps, and the release watches. */
function watching({ steps, message }: RolloutFacts): string {
  const watchable = steps.some(({ setWeight = 0 }) => setWeight > 0) && !twicePaused(steps);
  return watchable && !isSpecRefused(message) ? ', or leave the steps to Argo (docs/watch.md)' : '';
}

/** After an inconclusive background analysis, Argo 1.10.1 passes later untimed pauses without a promotion (tried). */
export function noBackgroundAnalysis({ backgroundAnalysis: templates }: RolloutFacts): readonly Check[] {
  if (templates === undefined) return [];
  const detail = `the Rollout has a background analysis (${templates.join(', ')}): when it is inconclusive, Argo goes past later pauses unjudged`;
  const next = 'Remove spec.strategy.canary.analysis; the release judges each step itself, by its own `analysis`.';
  return [bad('analysis', detail, next)];
}
