import type { RolloutStep } from '../rollout.ts';
import { argoSteps, fixedSteps } from './argo-weight-checks.ts';
import { beginsHeld, heldSteps, HOLD_STEPS, holdProblem } from './first-hold.ts';
import { twicePaused } from './argo-steps.ts';
import { bad } from './preflight-checks.ts';
import type { PlanRules } from './plan-rules.ts';
import type { RolloutFacts } from './preflight-facts.ts';
import type { Check, PlanStep } from './plan.ts';
import { isSpecRefused } from './refused-spec.ts';

/** The Rollout's own steps are the plan, if Argo holds an untimed pause after each weight. */
export const untimedSteps: PlanRules['steps'] = (_spec, rollout) => {
  const held = beginsHeld(rollout.steps);
  const steps = (held ? holdProblem(rollout) : undefined) ?? pausedSteps(rollout.steps, held);
  const problem =
    typeof steps === 'string' ? steps : steps.length === 0 ? 'the Rollout has no setWeight step' : undefined;
  if (problem !== undefined || typeof steps === 'string') {
    const better = held ? heldSteps(argoSteps(rollout)) : fixedSteps(rollout);
    const next = `Set spec.strategy.canary.steps: ${JSON.stringify(better)}${watching(rollout)}.`;
    return { problem: problem ?? '', next };
  }
  const weights = `canary weights ${steps.map((step) => step.weight).join(', ')}, then 100`;
  if (!held) return { steps, detail: weights };
  return { steps, hold: { pauseIndex: HOLD_STEPS - 1 }, detail: `held before its first weight; ${weights}` };
};

/** A text result is the reason why the list is refused. */
function pausedSteps(all: readonly RolloutStep[], held: boolean): PlanStep[] | string {
  const plan: PlanStep[] = [];
  // The hold, and the one step setCanaryScale after its weight, were looked at before.
  const skipped = held ? [0, 1, HOLD_STEPS + 1] : [];
  const places = [...all.entries()].filter(([index]) => !skipped.includes(index));
  for (const [at, [index, step]] of places.entries()) {
    const [before, after] = [places[at - 1]?.[1], places[at + 1]?.[1]];
    if (step.other) return `step ${index} is ${step.other}: Argo would run it beside this release's own analysis`;
    if (step.pause && step.pause.seconds !== undefined) return `step ${index} is a timed pause: it advances unjudged`;
    if (step.setWeight !== undefined && !after?.pause)
      return `step ${index} (setWeight ${step.setWeight}) is not followed by an untimed pause`;
    if (step.pause && before?.setWeight === undefined) return `step ${index} is a pause without a setWeight before it`;
    if (step.pause && before?.setWeight === 0)
      return `step ${index - 1} has weight 0: no user would reach the new version there, so nothing could be judged`;
    if (step.pause) plan.push({ weight: before?.setWeight as number, pauseIndex: index });
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
