import type { Clusters } from '../adapters/kubernetes/cluster-client.ts';
import type { WorkloadPort } from '../ports/workload.ts';

export interface TargetToolOptions {
  /** The process answers many calls, so lists may come from a watch that stays. */
  readonly serving: boolean;
  /** Namespaces that tools may look into; empty: all. */
  readonly namespaces: readonly string[];
}

/** A kind of what is delivered. Nothing in it connects to a cluster before it is used. */
export interface TargetKind<Tools extends object = object> {
  /** As releases name it. */
  readonly name: string;
  readonly workload: (clusters: Clusters) => WorkloadPort;
  /** The further ports (ToolPorts) that single tools use for this kind. */
  readonly tools: (clusters: Clusters, options: TargetToolOptions) => Tools;
}
