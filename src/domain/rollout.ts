import type { RolloutStrategy } from './argo-strategies.ts';
import type { Manager } from './cluster-objects/managing-tool.ts';
import type { Owner, Target } from './release/target.ts';

export interface RolloutStep {
  readonly setWeight?: number;
  /** Present for a pause step. Without `seconds` the pause lasts until a promotion. */
  readonly pause?: { readonly seconds?: number };
  /** Name of any other step kind. */
  readonly other?: string;
  /** Of a step setCanaryScale: pods, or percent of spec.replicas, or that the pods follow the weight again. */
  readonly canaryScale?: { readonly replicas?: number; readonly weight?: number; readonly followsWeight?: boolean };
}

/**
 * A Rollout and the two Services it controls, read at one time. Every other description of a Rollout is a part of this
 * one. Hashes are `rollouts-pod-template-hash` values.
 */
export interface RolloutState {
  readonly target: Target;
  readonly resourceVersion: string;
  /** True once the controller has seen the current spec (observedGeneration equals generation). */
  readonly observed: boolean;
  readonly strategy: RolloutStrategy;
  /** By container, without init containers. */
  readonly images: Readonly<Record<string, string>>;
  /** By init container. Absent if there are none. */
  readonly initImages?: Readonly<Record<string, string>>;
  /** The object of spec.workloadRef, which has the template. Absent if the Rollout has its own. */
  readonly workload?: WorkloadOf;
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
  /** status.canary.weights.canary.weight. For canary with traffic routing only. */
  readonly canaryWeight?: number;
  /** The Service of stable/active, then that of canary/preview. */
  readonly stableService?: string;
  readonly candidateService?: string;
  /** Current selectors of the two Services. Absent when the Service has none. */
  readonly stableSelector?: string;
  readonly candidateSelector?: string;
  /** canary.trafficRouting.traefik.weightedTraefikServiceName. */
  readonly traefikService?: string;
  readonly trafficRouting: readonly string[];
  /** canary.trafficRouting.maxTrafficWeight: the weights are parts of it. Absent: percent. */
  readonly maxTrafficWeight?: number;
  readonly autoPromotion: boolean;
  /** Templates of strategy.canary.analysis, which Argo runs beside the steps. Absent if there are none. */
  readonly backgroundAnalysis?: readonly string[];
  readonly abortScaleDownDelaySeconds: number;
  readonly scaling: Scaling;
  /** spec.rollbackWindow.revisions: Argo skips the steps for a version within so many revisions. Absent if unset. */
  readonly rollbackWindow?: number;
  readonly owner?: Owner;
  /** Tools such as Helm and Flux that write the Rollout from a source of their own. Absent if there are none. */
  readonly managers?: readonly Manager[];
}

/** Argo's label of a version, on its ReplicaSet, its pods, and in the selectors of its Services. */
export const POD_HASH_LABEL = 'rollouts-pod-template-hash';

/** The image of a container or init container. Undefined if the template has none of this name. */
export function imageOf(
  { images, initImages }: Pick<RolloutState, 'images' | 'initImages'>,
  container: string,
): string | undefined {
  return images[container] ?? initImages?.[container];
}

/** An object that a Rollout takes its template from. */
export interface WorkloadOf {
  readonly kind: string;
  readonly name: string;
  /** Pods that it runs itself. Absent if it is no Deployment, or could not be read. */
  readonly replicas?: number;
}

/** Settings of a Rollout that change how many pods serve a version. */
export interface Scaling {
  /** strategy.canary.dynamicStableScale: the stable version loses pods while the new one gains them. */
  readonly dynamicStable: boolean;
  /** Names of the set fields that keep pods of an aborted version: abortScaleDownDelaySeconds, minPodsPerReplicaSet. */
  readonly keepsAborted: readonly string[];
  /** strategy.blueGreen.previewReplicaCount, pods. */
  readonly previewReplicas?: number;
}

/** A ReplicaSet of a Rollout. */
export interface Revision {
  readonly revision: number;
  readonly podHash: string;
  /** By container and init container. */
  readonly images: Readonly<Record<string, string>>;
  /** Digest of the pod template without its images. Versions with one digest differ in their images only. */
  readonly templateDigest: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly replicas: { readonly desired: number; readonly ready: number };
  readonly replicaSet: string;
  /** Whether Argo has marked its pods for a later removal. Until then they run. */
  readonly scaleDownDue: boolean;
  /** The reason why pods of it could not be created. */
  readonly problem?: string;
}

/** The version that a command means and, where the target counts its steps, the step. */
export interface Point {
  readonly podHash: string;
  readonly stepIndex?: number;
}
