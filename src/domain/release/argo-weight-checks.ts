import { WEIGHTED } from '../argo-strategies.ts';
import { candidateSelects, stableSelects } from './observe.ts';
import { bad, ok } from './preflight-checks.ts';
import type { PlanRules } from './plan-rules.ts';
import type { RolloutFacts } from './preflight-facts.ts';
import type { Check } from './plan.ts';
import type { RolloutStep } from '../rollout.ts';

/** What holds for every release of a Rollout whose weights Argo owns. */
export const argoWeights: Pick<PlanRules, 'argo' | 'unfit' | 'isAbortSettled'> = {
  argo: WEIGHTED,
  unfit: ({ trafficRouting }, { target }) =>
    trafficRouting.join() === 'traefik'
      ? undefined
      : {
          detail:
            trafficRouting.length > 0
              ? `the canary routes traffic by ${trafficRouting.join(', ')}`
              : 'the canary has no router',
          next: `Set spec.strategy.canary.trafficRouting.traefik.weightedTraefikServiceName: ${target.rollout}${instead(trafficRouting)}.`,
        },
  isAbortSettled: (rollout) =>
    stableSelects(rollout, rollout.stableHash) && candidateSelects(rollout, rollout.stableHash),
};

function instead(routers: readonly string[]): string {
  return routers.length > 0 ? `, and remove ${routers.join(', ')} there` : ', and name both Services';
}

/**
 * If pods of the aborted version stay, Argo 1.10.1 permanently leaves a share of the traffic on that version: it
 * reduces the weight only as fast as the stable version gets pods, and then stops (tried seven times).
 */
export function withdrawable({ scaling: { dynamicStable, keepsAborted } }: RolloutFacts): readonly Check[] {
  if (!dynamicStable) return [];
  const slow = 'dynamicStableScale is on: an abort moves traffic back only as fast as the stable version gets its pods';
  if (keepsAborted.length === 0)
    return [
      { ...ok('rollback', slow), next: 'Set spec.strategy.canary.dynamicStableScale: false for a rollback at once.' },
    ];
  const detail = `Argo cannot take this Rollout back: with dynamicStableScale and ${keepsAborted.join(' and ')}, an abort leaves a share of the traffic on the aborted version`;
  const fields = keepsAborted.map((field) => `spec.strategy.canary.${field}`);
  const next = `Set spec.strategy.canary.dynamicStableScale: false, or remove ${fields.join(' and ')}.`;
  return [bad('rollback', detail, next)];
}

/** The same weights in a form that a release supports. */
export function fixedSteps(rollout: RolloutFacts): readonly RolloutStep[] {
  return argoSteps(rollout).flatMap((setWeight) => [{ setWeight }, { pause: {} }]);
}

/** The weights above 0 that a Rollout names, or those that suit one that names none. */
export function argoSteps(rollout: RolloutFacts): readonly number[] {
  const weights = rollout.steps.flatMap(({ setWeight }) => (setWeight ? [setWeight] : []));
  return weights.length > 0 ? weights : suggestedWeights(rollout);
}

/** For a Rollout that names none. Without a router: one pod, then half of them. */
function suggestedWeights({ trafficRouting, replicas: { desired } }: RolloutFacts): readonly number[] {
  if (trafficRouting.length > 0) return [5, 50];
  const half = Math.max(1, Math.floor(desired / 2));
  return [...new Set([1, half])].map((pods) => Math.round((100 * pods) / Math.max(2, desired)));
}
