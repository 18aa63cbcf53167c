import type { ArgoStrategyName } from '../domain/argo-strategies.ts';
import type { Effect } from '../domain/effect.ts';
import type { Owner, Target } from '../domain/release/target.ts';
import type { AnalysisTemplates } from './analysis-templates.ts';
import type { RolloutHistory } from './rollout-history.ts';
import type { RolloutState } from '../domain/rollout.ts';

/** An AnalysisRun that the Rollout waits for, or has just waited for. */
export interface AnalysisBrief {
  readonly role: 'step' | 'background' | 'pre-promotion' | 'post-promotion';
  readonly run: string;
  readonly status: string;
  readonly message: string;
}

/** All facts from one read of a Rollout. */
export interface RolloutDetail extends RolloutState {
  /** Number of its pods, and of its ready pods, of all versions. */
  readonly pods: { readonly total: number; readonly ready: number };
  /** One text for each step, as `kubectl argo rollouts` shows it. */
  readonly stepTexts: readonly string[];
  /** When the current pause began. */
  readonly pausedSince?: string;
  readonly analysis: readonly AnalysisBrief[];
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    readonly since?: string;
  }[];
  /** The reason why the controller refuses the spec. */
  readonly invalid?: string;
  /** Present if deletion has begun, with the finalizers that it waits for. */
  readonly deletion?: { readonly since: string; readonly finalizers: readonly string[] };
}

/** A Rollout to create. The selector is `app: <name>`, or that of the workload. */
export interface NewRollout {
  readonly target: Target;
  readonly strategy: ArgoStrategyName;
  /** The template's source: a container of its own, or a Deployment. */
  readonly template:
    | { readonly image: string; readonly container: string; readonly port: number }
    | { readonly deployment: string; readonly port: number };
  readonly replicas: number;
  /** setWeight values, each followed by an untimed pause. For canary and rolling. */
  readonly weights: readonly number[];
  /** Stable or active first, canary or preview second. Absent for rolling. */
  readonly services?: { readonly stable: string; readonly candidate: string };
  /** For canary only. */
  readonly traefikService?: string;
  /** Argo runs them at the times that ARGO_STRATEGIES states. */
  readonly analysisTemplates: readonly string[];
  /** Creates the Services only, because a route over them has to exist before the Rollout. */
  readonly servicesOnly: boolean;
}

/** The result of a creation. If `effective` is refused, nothing was created. */
export interface Creation extends Effect<RolloutDetail> {
  /** "Service shop/web-stable", in the order of creation. */
  readonly created: readonly string[];
  /** Objects that already existed and are used unchanged. */
  readonly found: readonly string[];
  /** Present when the weighted TraefikService is missing, with the Services that it needs first. */
  readonly missing?: { readonly route: string; readonly services: readonly string[] };
}

export type Admit = (owner: Owner | undefined) => void;

/** Rollouts as objects: reading, creating and removing them, and their history. */
export interface RolloutObjectsPort extends AnalysisTemplates, RolloutHistory {
  /**
   * Reads from the API server. Without `namespace` it lists the whole cluster. Errors: CRD_MISSING, FORBIDDEN,
   * CLUSTER_*.
   */
  list(place: { readonly cluster: string; readonly namespace?: string }): Promise<readonly RolloutState[]>;
  /** Further errors: ROLLOUT_NOT_FOUND, NAMESPACE_NOT_FOUND. */
  read(target: Target): Promise<RolloutDetail>;
  /**
   * First does a dry run of everything, so that no partial creation is left. Further errors: ALREADY_EXISTS,
   * WORKLOAD_NOT_FOUND, ANALYSIS_TEMPLATE_NOT_FOUND, MANIFEST_REFUSED. After an error between two objects the message
   * lists what exists.
   */
  create(rollout: NewRollout): Promise<Creation>;
  /**
   * Deletes the object that was read. `admit` is called with the owner of each state that would be deleted, and throws
   * to forbid the deletion. Further errors: CONFLICT when another object took its name.
   */
  remove(target: Target, admit: Admit): Promise<Effect<RolloutDetail>>;
}
