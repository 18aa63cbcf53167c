import type { Clusters } from '../adapters/kubernetes/cluster-client.ts';
import type { ServerSystems } from '../ports/server-systems.ts';
import type { VersionSystems } from '../ports/version-systems.ts';
import type { WorkloadPort } from '../ports/workload.ts';

export interface TargetToolOptions {
  /** The process answers many calls, so lists may come from a permanent watch. */
  readonly serving: boolean;
  /** Namespaces that tools may read. If empty, all. */
  readonly namespaces: readonly string[];
}

/** A kind of target: what is delivered. It connects to its system only when it is used. */
export interface TargetKind<Tools extends object = object> {
  /** The name in releases. */
  readonly name: string;
  /** Where its objects are. A registry has no cluster. */
  readonly place: 'cluster' | 'registry';
  readonly workload: (clusters: Clusters, systems: ServerSystems, sources: VersionSystems) => WorkloadPort;
  /** The further ports (ToolPorts) that single tools use for this kind. */
  readonly tools: (clusters: Clusters, options: TargetToolOptions) => Tools;
}
