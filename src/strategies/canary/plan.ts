import type { PlanRules } from '../../domain/release/plan-rules.ts';
import { argoWeights, withdrawable } from '../../domain/release/argo-weight-checks.ts';
import { noBackgroundAnalysis, untimedSteps } from '../../domain/release/paused-steps.ts';
import { heldSmokeCheck } from '../../domain/release/smoke-check.ts';
import type { RolloutFacts } from '../../domain/release/preflight-facts.ts';

/** The Rollout's own steps are the plan, and Argo owns the weights. */
export const rules: PlanRules = {
  ...argoWeights,
  unfit(rollout, spec) {
    const problem = argoWeights.unfit(rollout, spec);
    return problem && { ...problem, next: `${problem.next.slice(0, -1)}, or ${otherWay(rollout)}.` };
  },
  steps: untimedSteps,
  more: (rollout, spec) => [
    ...noBackgroundAnalysis(rollout),
    ...withdrawable(rollout),
    ...heldSmokeCheck(spec, rollout),
  ],
};

function otherWay({ trafficRouting }: RolloutFacts): string {
  return trafficRouting.length > 0
    ? 'leave the traffic to Argo (docs/watch.md)'
    : 'let the number of pods divide the traffic (docs/rolling.md)';
}
