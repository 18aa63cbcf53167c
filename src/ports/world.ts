import type { Kinds } from '../domain/release/plan.ts';
import type { Ports } from './index.ts';

/**
 * Which cluster is meant. `context` is the name in the kubeconfig that the caller used. `uid` is the UID of the
 * namespace
 * kube-system: the same for every context that leads to this cluster, and another one for every other cluster.
 */
export interface ClusterIdentity {
  readonly context: string;
  readonly uid: string;
}

/** Everything that acts on one cluster or judges in it. Nothing in it reaches another cluster. */
export interface World extends Ports {
  readonly cluster: ClusterIdentity;
}

export interface Worlds {
  /**
   * The world of a kubeconfig context. Two contexts of one cluster give worlds with the same `cluster.uid`. The
   * identity
   * is read anew at each call. `uid`: the identity that the caller means; absent where it was never recorded. `kinds`:
   * which implementations the release uses; absent: the first ones.
   * Errors: CLUSTER_UNKNOWN, CLUSTER_UNREACHABLE and FORBIDDEN (the identity could not be read), CLUSTER_MISMATCH (the
   * context leads to another cluster), CLUSTER_UNCONFIGURED and CONFIG_INVALID (no settings, or wrong ones),
   * KIND_UNKNOWN.
   */
  of(context: string, uid?: string, kinds?: Kinds): Promise<World>;
}
