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

/** All that one read of a Rollout tells. */
export interface RolloutDetail extends RolloutState {
  /** All pods of it, and those that are ready, of whatever version. */
  readonly pods: { readonly total: number; readonly ready: number };
  /** One text a step, as `kubectl argo rollouts` shows it. */
  readonly stepTexts: readonly string[];
  /** When the present pause began. */
  readonly pausedSince?: string;
  readonly analysis: readonly AnalysisBrief[];
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    readonly since?: string;
  }[];
  /** Why the controller does not accept the spec. */
  readonly invalid?: string;
  readonly workload?: { readonly kind: string; readonly name: string };
  /** Deletion has begun; what it waits for. */
  readonly deletion?: { readonly since: string; readonly finalizers: readonly string[] };
}

/** A Rollout to be made. The selector is `app: <name>`, or that of the workload. */
export interface NewRollout {
  readonly target: Target;
  readonly strategy: ArgoStrategyName;
  /** The template's source: a container of its own, or a Deployment. */
  readonly template:
    | { readonly image: string; readonly container: string; readonly port: number }
    | { readonly deployment: string; readonly port: number };
  readonly replicas: number;
  /** setWeight values, each followed by an untimed pause; canary and rolling. */
  readonly weights: readonly number[];
  /** Stable or active first, canary or preview second; absent for rolling. */
  readonly services?: { readonly stable: string; readonly candidate: string };
  /** Canary only. */
  readonly traefikService?: string;
  /** Argo runs them as ARGO_STRATEGIES says. */
  readonly analysisTemplates: readonly string[];
  /** Make the Services alone: a route has to be made over them before the Rollout. */
  readonly servicesOnly: boolean;
}

/** What was made. `effective` refused: nothing was. */
export interface Creation extends Effect<RolloutDetail> {
  /** "Service shop/web-stable", in the order of making. */
  readonly created: readonly string[];
  /** What had to exist, or existed already and is used as it is. */
  readonly found: readonly string[];
  /** The weighted TraefikService is what is missing, and which Services it needs first. */
  readonly missing?: { readonly route: string; readonly services: readonly string[] };
}

export type Admit = (owner: Owner | undefined) => void;

/** Rollouts as objects: what exists, making and removing it, its past. */
export interface RolloutObjectsPort extends AnalysisTemplates, RolloutHistory {
  /** Straight from the API server. `namespace` absent: the whole cluster. Errors: CRD_MISSING, FORBIDDEN, CLUSTER_*. */
  list(place: { readonly cluster: string; readonly namespace?: string }): Promise<readonly RolloutState[]>;
  /** Errors besides: ROLLOUT_NOT_FOUND, NAMESPACE_NOT_FOUND. */
  read(target: Target): Promise<RolloutDetail>;
  /**
   * Everything is tried as a dry run first, so that nothing is left half-made. Errors besides: ALREADY_EXISTS,
   * WORKLOAD_NOT_FOUND,
   * ANALYSIS_TEMPLATE_NOT_FOUND, MANIFEST_REFUSED. After an error between two objects the message says what exists.
   */
  create(rollout: NewRollout): Promise<Creation>;
  /**
   * Deletes the object that was read. `admit` is asked about the owner of each state that would be deleted, and throws
   * to forbid it.
   * Errors besides: CONFLICT when another object took its name.
   */
  remove(target: Target, admit: Admit): Promise<Effect<RolloutDetail>>;
}
