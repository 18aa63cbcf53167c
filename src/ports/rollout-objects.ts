import type { Effect } from '../domain/effect.ts';
import type { Target } from '../domain/release/target.ts';
import type { RolloutView } from './rollouts.ts';

/** Rollouts, their history and AnalysisTemplates as objects: what exists, and making and removing it. */
export interface RolloutObjectsPort {
  /** Straight from the API server. `namespace` absent: the whole cluster. Errors: CRD_MISSING, FORBIDDEN, CLUSTER_*. */
  list(place: { readonly cluster: string; readonly namespace?: string }): Promise<readonly RolloutView[]>;
  /** Errors besides: ROLLOUT_NOT_FOUND, NAMESPACE_NOT_FOUND. */
  read(target: Target): Promise<RolloutView>;
  remove(target: Target): Promise<Effect<RolloutView>>;
}
