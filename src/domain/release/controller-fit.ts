import type { PlanRules } from './plan-rules.ts';
import type { RolloutFacts } from './preflight-facts.ts';

/**
 * Why a release cannot leave the traffic to the target's own controller, whose word nothing proves. Undefined if it
 * can.
 */
export function controllerUnfit(
  rollout: RolloutFacts,
  { unfitByWord }: Pick<PlanRules, 'unfitByWord'>,
): ReturnType<PlanRules['unfit']> {
  return unfitByWord ? unfitByWord(rollout) : NEEDS_PROOF;
}

const NEEDS_PROOF = {
  detail: 'the split reports only what Argo does with the traffic, and this strategy moves the traffic itself',
  next: 'Choose a strategy that takes the word of Argo (docs/watch.md, docs/rolling.md), or leave out split.',
};

/** How Argo divides the traffic, for people. */
export function dividedBy({ trafficRouting }: Pick<RolloutFacts, 'trafficRouting'>): string {
  return trafficRouting.length > 0 ? trafficRouting.join(', ') : 'the number of pods';
}
