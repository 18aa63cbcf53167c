import type { ReleasePlan } from './plan.ts';
import type { Owner, Target } from './target.ts';

/** The input of every activity after preflight: the target, the fixed plan, and the owner. */
export interface Scene {
  readonly target: Target;
  /** Name of the strategy that made the plan (src/strategies). */
  readonly strategy: string;
  readonly plan: ReleasePlan;
  readonly owner: Owner;
  /** Known once the controller has named the new ReplicaSet. */
  readonly newHash?: string;
  /** Index of the current step, for the record. Absent in releases of older versions. */
  readonly step?: number;
}
