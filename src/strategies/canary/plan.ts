import { bad, ok, type PlanRules } from '../../domain/release/preflight-checks.ts';
import type { RolloutFacts } from '../../domain/release/preflight-facts.ts';
import type { Check } from '../../domain/release/plan.ts';
import { canarySteps, fixedSteps } from './steps.ts';

/** The Rollout's own steps are the plan, and Argo owns the weights. */
export const rules: PlanRules = {
  argo: 'canary',
  unfit: ({ trafficRouting }) =>
    trafficRouting.join() === 'traefik'
      ? undefined
      : {
          detail: `the canary routes traffic by ${trafficRouting.join(', ') || 'nothing'}`,
          next: 'Set spec.strategy.canary.trafficRouting.traefik.weightedTraefikServiceName.',
        },
  steps(_spec, rollout) {
    const steps = canarySteps(rollout.steps);
    const problem =
      typeof steps === 'string' ? steps : steps.length === 0 ? 'the Rollout has no setWeight step' : undefined;
    if (problem !== undefined || typeof steps === 'string')
      return {
        problem: problem ?? '',
        next: `Use these steps: ${JSON.stringify(fixedSteps(rollout.steps))}, or leave the steps to Argo (docs/watch.md).`,
      };
    return { steps, detail: `canary weights ${steps.map((step) => step.weight).join(', ')}, then 100` };
  },
  more: (rollout) => [...backgroundAnalysis(rollout), ...withdrawable(rollout)],
  isAbortSettled: ({ stableSelector, candidateSelector, stableHash }) =>
    stableSelector === stableHash && candidateSelector === stableHash,
};

/** After an inconclusive background analysis, Argo 1.10.1 passes later untimed pauses without a promotion (tried). */
function backgroundAnalysis({ backgroundAnalysis: templates }: RolloutFacts): readonly Check[] {
  if (templates === undefined) return [];
  const detail = `the Rollout has a background analysis (${templates.join(', ')}): when it is inconclusive, Argo goes past later pauses unjudged`;
  const next = 'Remove spec.strategy.canary.analysis; the release judges each step itself, by its own `analysis`.';
  return [bad('analysis', detail, next)];
}

/**
 * If pods of the aborted version stay, Argo 1.10.1 permanently leaves a share of the traffic on that version: it
 * reduces the weight only as fast as the stable version gets pods, and then stops (tried seven times).
 */
function withdrawable({ scaling: { dynamicStable, keepsAborted } }: RolloutFacts): readonly Check[] {
  if (!dynamicStable) return [];
  const slow = 'dynamicStableScale is on: an abort moves traffic back only as fast as the stable version gets its pods';
  if (keepsAborted.length === 0)
    return [{ ...ok('rollback', slow), next: 'Set dynamicStableScale: false for a rollback at once.' }];
  const detail = `Argo cannot take this Rollout back: with dynamicStableScale and ${keepsAborted.join(' and ')}, an abort leaves a share of the traffic on the aborted version`;
  const next = `Remove ${keepsAborted.join(' and ')}, or set dynamicStableScale: false (spec.strategy.canary).`;
  return [bad('rollback', detail, next)];
}
