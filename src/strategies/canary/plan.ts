import { twicePaused } from '../../domain/release/argo-steps.ts';
import { isSpecRefused } from '../../domain/release/refused-spec.ts';
import { bad, type PlanRules } from '../../domain/release/preflight-checks.ts';
import type { RolloutFacts } from '../../domain/release/preflight-facts.ts';
import type { Check } from '../../domain/release/plan.ts';
import { argoWeights, fixedSteps, withdrawable } from '../../domain/release/argo-weight-checks.ts';
import { canarySteps } from './steps.ts';

/** The Rollout's own steps are the plan, and Argo owns the weights. */
export const rules: PlanRules = {
  ...argoWeights,
  unfit(rollout, spec) {
    const problem = argoWeights.unfit(rollout, spec);
    return (
      problem && { ...problem, next: `${problem.next.slice(0, -1)}, or leave the traffic to Argo (docs/watch.md).` }
    );
  },
  steps(_spec, rollout) {
    const steps = canarySteps(rollout.steps);
    const problem =
      typeof steps === 'string' ? steps : steps.length === 0 ? 'the Rollout has no setWeight step' : undefined;
    if (problem !== undefined || typeof steps === 'string')
      return {
        problem: problem ?? '',
        next: `Set spec.strategy.canary.steps: ${JSON.stringify(fixedSteps(rollout.steps))}${watching(rollout)}.`,
      };
    return { steps, detail: `canary weights ${steps.map((step) => step.weight).join(', ')}, then 100` };
  },
  more: (rollout) => [...backgroundAnalysis(rollout), ...withdrawable(rollout)],
};

/** The other way, where there is one: Argo runs the steps, and the release watches. */
function watching({ steps, message }: RolloutFacts): string {
  const watchable = steps.some(({ setWeight = 0 }) => setWeight > 0) && !twicePaused(steps);
  return watchable && !isSpecRefused(message) ? ', or leave the steps to Argo (docs/watch.md)' : '';
}

/** After an inconclusive background analysis, Argo 1.10.1 passes later untimed pauses without a promotion (tried). */
function backgroundAnalysis({ backgroundAnalysis: templates }: RolloutFacts): readonly Check[] {
  if (templates === undefined) return [];
  const detail = `the Rollout has a background analysis (${templates.join(', ')}): when it is inconclusive, Argo goes past later pauses unjudged`;
  const next = 'Remove spec.strategy.canary.analysis; the release judges each step itself, by its own `analysis`.';
  return [bad('analysis', detail, next)];
}
