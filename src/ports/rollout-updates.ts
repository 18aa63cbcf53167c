import type { Target } from '../domain/release/target.ts';
import type { TemplateSource } from '../domain/updates/origin.ts';
import type { SeenRollout } from '../domain/updates/seen-rollout.ts';

/** Something to say on the Rollout, where `kubectl describe` and `argo_get_history` show it. */
export interface Notice {
  readonly type: 'Normal' | 'Warning';
  /** One word in camel case, as in events of Kubernetes. */
  readonly reason: string;
  readonly message: string;
}

export interface UpdateListener {
  /** A Rollout that exists, or has changed. */
  readonly seen: (rollout: SeenRollout) => void;
  readonly gone: (target: Target) => void;
  /** The Rollouts cannot be read. It is tried again until the watch ends. */
  readonly away: (error: unknown) => void;
}

/** Rollouts whose updates start releases. */
export interface RolloutUpdates {
  /**
   * Tells the listener of every Rollout of a cluster, and from then on of each change, also of those that were made
   * while the connection was lost. The returned function ends it. Errors: CLUSTER_UNKNOWN.
   */
  watch(cluster: string, listener: UpdateListener): () => void;
  /** Errors: those of RolloutObjectsPort.list. */
  list(place: { readonly cluster: string; readonly namespace: string }): Promise<readonly SeenRollout[]>;
  /**
   * Who writes the template of the Rollout, or of the Deployment that has it. Errors: ROLLOUT_NOT_FOUND,
   * WORKLOAD_NOT_FOUND, CLUSTER_*, FORBIDDEN.
   */
  templateSource(target: Target): Promise<TemplateSource>;
  /**
   * The document in the key `release.yaml` of a ConfigMap. Errors: OBJECT_NOT_FOUND, INVALID_INPUT (no such key, or no
   * YAML), CLUSTER_*, FORBIDDEN.
   */
  releaseFile(target: Target, configMap: string): Promise<unknown>;
  /** Writes an event of the Rollout. The same notice twice is one event. Errors: CLUSTER_*, FORBIDDEN. */
  tell(rollout: Pick<SeenRollout, 'target' | 'uid'>, notice: Notice): Promise<void>;
}
