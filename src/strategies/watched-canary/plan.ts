import { ok } from '../../domain/release/preflight-checks.ts';
import type { PlanRules } from '../../domain/release/plan-rules.ts';
import type { RolloutFacts } from '../../domain/release/preflight-facts.ts';
import type { Check, ReleaseSpec } from '../../domain/release/plan.ts';
import { argoWeights, fixedSteps, withdrawable } from '../../domain/release/argo-weight-checks.ts';
import { REPORTED_SPLIT } from './file.ts';
import { watchedSteps } from './steps.ts';

const byWord = `Set split: ${REPORTED_SPLIT} and a metric of your own in analysis.metrics of the release file, so that Argo's word and your PromQL are enough (docs/watch.md)`;

/** Argo keeps its own steps and times, so every step that Argo accepts is accepted. */
export const rules: PlanRules = {
  ...argoWeights,
  watches: true,
  unfit(rollout, spec) {
    const problem = argoWeights.unfit(rollout, spec);
    return (
      problem && {
        detail: `${problem.detail}: no weight of it can be proved`,
        next: `${byWord}, or ${uncapital(problem.next)}`,
      }
    );
  },
  unfitByWord: unreported,
  steps(_spec, rollout) {
    const found = watchedSteps(rollout.steps);
    if ('problem' in found) return found;
    if (found.steps.length > 0)
      return { ...found, detail: `Argo's own steps and times: weights ${weights(found.steps)}, then 100` };
    const next = `Set spec.strategy.canary.steps, for example: ${JSON.stringify(fixedSteps(rollout))}`;
    return { problem: 'no step of the Rollout sets a weight above 0, so there is nothing to watch', next: `${next}.` };
  },
  more: (rollout, spec) => [...withdrawable(rollout), ...background(rollout), ...withoutRollback(spec)],
};

/** Weights that can be proved, or that are not percent. */
function unreported({ trafficRouting, maxTrafficWeight }: RolloutFacts): ReturnType<PlanRules['unfit']> {
  if (trafficRouting.join() === 'traefik')
    return { detail: 'the Rollout routes traffic by traefik, whose weights can be proved', next: 'Leave out split.' };
  if (maxTrafficWeight === undefined || maxTrafficWeight === 100) return undefined;
  return {
    detail: `the weights of the Rollout are parts of ${maxTrafficWeight}, and a release reads percent`,
    next: 'Remove spec.strategy.canary.trafficRouting.maxTrafficWeight, and write the weights in percent.',
  };
}

function uncapital(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function weights(steps: readonly { readonly weight: number }[]): string {
  return steps.map(({ weight }) => weight).join(', ');
}

/** Argo's analysis only stops or passes what it would in any case. The release judges beside it. */
function background({ backgroundAnalysis: templates }: RolloutFacts): readonly Check[] {
  return templates
    ? [ok('analysis', `Argo runs its own background analysis beside the release: ${templates.join(', ')}`)]
    : [];
}

/** Nothing but an abort keeps Argo from its next step. */
function withoutRollback({ autoRollback }: ReleaseSpec): readonly Check[] {
  if (autoRollback) return [];
  const detail = 'auto_rollback is off: the release asks about a bad version, and Argo goes on with it meanwhile';
  return [{ ...ok('rollback', detail), next: 'Set auto_rollback: true, so that a bad version is aborted at once.' }];
}
