import type { RolloutFacts } from './preflight-facts.ts';

/**
 * Why a release cannot leave the traffic to the target's own controller, whose word nothing proves. Undefined if it
 * can.
 */
export function controllerUnfit(
  { trafficRouting, maxTrafficWeight }: RolloutFacts,
  { watches }: { readonly watches?: true },
): { readonly detail: string; readonly next: string } | undefined {
  if (!watches)
    return {
      detail: 'the split reports only what Argo does with the traffic, and this strategy moves the traffic itself',
      next: 'Choose the strategy that leaves the steps to Argo (docs/watch.md), or leave out split.',
    };
  if (trafficRouting.join() === 'traefik')
    return { detail: 'the Rollout routes traffic by traefik, whose weights can be proved', next: 'Leave out split.' };
  if (maxTrafficWeight === undefined || maxTrafficWeight === 100) return undefined;
  return {
    detail: `the weights of the Rollout are parts of ${maxTrafficWeight}, and a release reads percent`,
    next: 'Remove spec.strategy.canary.trafficRouting.maxTrafficWeight, and write the weights in percent.',
  };
}

/** How Argo divides the traffic, for people. */
export function dividedBy({ trafficRouting }: Pick<RolloutFacts, 'trafficRouting'>): string {
  return trafficRouting.length > 0 ? trafficRouting.join(', ') : 'the number of pods';
}
