import type { Kinds } from '../domain/release/plan.ts';
import type { Ports } from './index.ts';

/**
 * The identity of a cluster. `context` is the name in the kubeconfig that the caller used. `uid` is the UID of the
 * namespace kube-system. It is the same for every context of this cluster, and differs for every other cluster. For
 * targets in no cluster it is the identity of their registry.
 */
export interface ClusterIdentity {
  readonly context: string;
  readonly uid: string;
}

/** All ports of one cluster. None of them reaches another cluster. */
export interface World extends Ports {
  readonly cluster: ClusterIdentity;
}

export interface Worlds {
  /**
   * The world of a kubeconfig context. Two contexts of one cluster give worlds with the same `cluster.uid`. The
   * identity is read again at each call. `uid`: the identity that the caller expects. It is absent where it was never
   * recorded. `kinds`: the implementations that the release uses; by default the first ones. Errors: CLUSTER_UNKNOWN,
   * CLUSTER_UNREACHABLE and FORBIDDEN (the identity could not be read), CLUSTER_MISMATCH (the context leads to another
   * cluster), CLUSTER_UNCONFIGURED and CONFIG_INVALID (no settings, or wrong ones), KIND_UNKNOWN.
   */
  of(context: string, uid?: string, kinds?: Kinds): Promise<World>;
}
