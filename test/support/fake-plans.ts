import type { StoredPlan, PlansPort } from '../../src/ports/plans.ts';

/** Plans in memory. */
export function createFakePlans(): PlansPort & { readonly stored: Map<string, StoredPlan> } {
  const stored = new Map<string, StoredPlan>();
  return {
    stored,
    save: (plan) => Promise.resolve(void stored.set(plan.id, plan)),
    find: (id) => Promise.resolve(stored.get(id)),
  };
}
