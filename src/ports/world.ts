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
   * The world of a kubeconfig context. Two contexts of one cluster give worlds with the same `cluster.uid`.
   * Errors: CLUSTER_UNKNOWN, CLUSTER_UNREACHABLE (its identity could not be read), CLUSTER_UNCONFIGURED.
   */
  of(context: string): Promise<World>;
}
