import type { KeptPlan, PlansPort } from '../../src/ports/plans.ts';

/** Plans in memory. */
export function createFakePlans(): PlansPort & { readonly kept: Map<string, KeptPlan> } {
  const kept = new Map<string, KeptPlan>();
  return {
    kept,
    keep: (plan) => Promise.resolve(void kept.set(plan.id, plan)),
    find: (id) => Promise.resolve(kept.get(id)),
  };
}
