import type { RolloutStrategy } from '../argo-strategies.ts';
import type { Check, PlanStep, ReleasePlan, ReleaseSpec } from './plan.ts';
import type { RolloutFacts } from './preflight-facts.ts';

/** The strategy's additions to the checks of a release that splits traffic between the two Services of a Rollout. */
export interface PlanRules {
  /** The strategy that the Rollout must have in Argo. */
  readonly argo: RolloutStrategy;
  /** Argo advances by itself and the release watches. It may then join an update that is under way. */
  readonly watches?: true;
  /** Further conditions on the Rollout. Undefined when they are met. */
  readonly unfit: (
    rollout: RolloutFacts,
    spec: ReleaseSpec,
  ) => { readonly detail: string; readonly next: string } | undefined;
  /**
   * Those conditions where the weights are only the word of Argo. Absent: the strategy refuses that, because it goes on
   * only after a weight is proved.
   */
  readonly unfitByWord?: (rollout: RolloutFacts) => ReturnType<PlanRules['unfit']>;
  /** Nothing but that word is of use to it, so a proxy that could be read is not checked. */
  readonly byWordOnly?: true;
  /** The weights at which the release stops, or the reason why they are refused. */
  readonly steps: (
    spec: ReleaseSpec,
    rollout: RolloutFacts,
  ) =>
    | { readonly steps: readonly PlanStep[]; readonly hold?: ReleasePlan['hold']; readonly detail: string }
    | { readonly problem: string; readonly next: string };
  /** Checks that this strategy alone has. */
  readonly more: (rollout: RolloutFacts, spec: ReleaseSpec) => readonly Check[];
  /** Whether the selectors are in the final state after an abort. */
  readonly isAbortSettled: (rollout: RolloutFacts) => boolean;
}
