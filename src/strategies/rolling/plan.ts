import { argoWeights } from '../../domain/release/argo-weight-checks.ts';
import { noBackgroundAnalysis, untimedSteps } from '../../domain/release/paused-steps.ts';
import { ok } from '../../domain/release/preflight-checks.ts';
import type { PlanRules } from '../../domain/release/plan-rules.ts';
import type { RolloutFacts } from '../../domain/release/preflight-facts.ts';
import type { Check } from '../../domain/release/plan.ts';

/** The Rollout's own steps are the plan. Argo gives each weight as a number of pods. */
export const rules: PlanRules = {
  ...argoWeights,
  unfit: (rollout) =>
    routed(rollout) ?? {
      detail: 'pods divide the traffic of this Rollout, and the split of the release file cannot see that',
      next: 'Leave out split.',
    },
  unfitByWord: routed,
  byWordOnly: true,
  steps: untimedSteps,
  more: (rollout) => [...noBackgroundAnalysis(rollout), ...withoutOldPods(rollout), ...ownServices(rollout)],
};

function routed({ trafficRouting }: RolloutFacts): ReturnType<PlanRules['unfit']> {
  const [router] = trafficRouting;
  if (router === undefined) return undefined;
  const byWord = 'leave the traffic to Argo (docs/watch.md)';
  return {
    detail: `the Rollout routes traffic by ${trafficRouting.join(', ')}, so the number of pods says nothing about the traffic`,
    next:
      router === 'traefik'
        ? 'Leave out strategy: the release then has that of the Rollout.'
        : `Remove spec.strategy.canary.trafficRouting, or ${byWord}.`,
  };
}

/** A comparison needs pods of the stable version. */
function withoutOldPods({ steps }: RolloutFacts): readonly Check[] {
  if (!steps.some(({ setWeight }) => setWeight === 100)) return [];
  const detail =
    'at weight 100 the stable version has no pods: a pair and a gauge have no data, and a rollback starts pods first';
  return [
    { ...ok('weight 100', detail), next: 'Remove setWeight: 100 and its pause from spec.strategy.canary.steps.' },
  ];
}

/** Argo lets each of them select one version only. */
function ownServices({ stableService, candidateService }: RolloutFacts): readonly Check[] {
  const named = [stableService, candidateService].filter((name) => name !== undefined);
  if (named.length === 0) return [];
  const detail = `${named.join(' and ')} select${named.length === 1 ? 's' : ''} the pods of one version only, so the number of pods does not divide the requests there`;
  return [{ ...ok('services', detail), next: 'Lead users to a Service that selects the pods of both versions.' }];
}
