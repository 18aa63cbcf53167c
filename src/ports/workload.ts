import type { Owner, Target } from '../domain/release/target.ts';

export interface RolloutStep {
  readonly setWeight?: number;
  /** Present for a pause step; `seconds` absent: until promoted. */
  readonly pause?: { readonly seconds?: number };
  /** Name of any other step kind. */
  readonly other?: string;
}

/** A Rollout and the two Services it steers, read at one moment. Hashes are `rollouts-pod-template-hash` values. */
export interface RolloutState {
  readonly target: Target;
  readonly resourceVersion: string;
  /** True once the controller has seen the present spec (observedGeneration equals generation). */
  readonly observed: boolean;
  readonly strategy: 'canary' | 'blue-green' | 'unknown';
  readonly images: Readonly<Record<string, string>>;
  readonly workloadRef: boolean;
  readonly podHash: string;
  readonly stableHash: string;
  readonly steps: readonly RolloutStep[];
  readonly stepIndex?: number;
  readonly specPaused: boolean;
  readonly controllerPause: boolean;
  readonly pauseReasons: readonly string[];
  readonly aborted: boolean;
  readonly promoteFull: boolean;
  readonly phase: string;
  readonly message: string;
  readonly replicas: { readonly desired: number; readonly updated: number; readonly available: number };
  /** status.canary.weights.canary.weight; canary with traffic routing only. */
  readonly canaryWeight?: number;
  /** stable/active first, canary/preview second. */
  readonly stableService?: string;
  readonly candidateService?: string;
  /** Present selectors of the two Services; absent when the Service has none. */
  readonly stableSelector?: string;
  readonly candidateSelector?: string;
  /** canary.trafficRouting.traefik.weightedTraefikServiceName. */
  readonly traefikService?: string;
  readonly trafficRouting: readonly string[];
  readonly autoPromotion: boolean;
  /** Templates of strategy.canary.analysis, which Argo runs beside the steps; absent without one. */
  readonly backgroundAnalysis?: readonly string[];
  readonly abortScaleDownDelaySeconds: number;
  readonly owner?: Owner;
}

/**
 * Images that the template may have for a write to be meant for it. The hash alone lags behind the template: it is the
 * controller's.
 */
export interface TemplateImages {
  readonly container: string;
  readonly images: readonly string[];
}

/** What a write did. `changed: false` always says why. */
export interface Change {
  readonly changed: boolean;
  readonly detail: string;
}

/** The Rollout moved away under the caller: another template, or another step than expected. */
export interface Refusal {
  readonly refused: true;
  readonly detail: string;
}

export type WriteResult = Change | Refusal;

/**
 * Argo Rollouts. Every write is guarded by what the caller last read: it changes the state it was meant for or
 * nothing. Errors: SluiceError with ROLLOUT_NOT_FOUND, NAMESPACE_NOT_FOUND, CLUSTER_*, CRD_MISSING, FORBIDDEN,
 * CONFLICT.
 */
export interface WorkloadPort {
  read(target: Target): Promise<RolloutState>;
  /** Sets a container's image when it is `from` (or already `to`: unchanged). Another image: refused. */
  setImage(target: Target, change: { container: string; from: string; to: string }): Promise<WriteResult>;
  /** Ends the untimed pause at `stepIndex` of a canary of `podHash`. Already past it: unchanged. */
  promoteCanary(target: Target, at: { podHash: string; stepIndex: number }): Promise<WriteResult>;
  /** Ends the BlueGreenPause of `podHash`. Already active: unchanged. */
  promoteBlueGreen(target: Target, at: { podHash: string }): Promise<WriteResult>;
  /**
   * Aborts `podHash` (clears promoteFull too). Refused when it is already stable or replaced, also by a template of
   * another image.
   */
  abort(target: Target, at: { podHash: string; template?: TemplateImages }): Promise<WriteResult>;
  /** Writes the owner mark. Held by another release: refused. A mark of the same release id is taken over. */
  claim(target: Target, owner: Owner): Promise<WriteResult>;
  /** Removes the owner mark if `owner` holds it. */
  unclaim(target: Target, owner: Owner): Promise<Change>;
}
