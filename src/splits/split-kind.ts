import type { Clusters } from '../adapters/kubernetes/cluster-client.ts';
import type { ClusterSettings } from '../config/schema.ts';
import type { EvidencePort } from '../ports/evidence.ts';
import type { ServerSystems } from '../ports/server-systems.ts';
import type { SplitPort } from '../ports/split.ts';

/** The settings of a cluster, by its context. Undefined if no settings belong to the cluster. */
export type SettingsOf = (cluster: string) => Promise<ClusterSettings | undefined>;

/** A way to divide users between two versions. It connects to its system only when it is used. */
export interface SplitKind<Tools extends object = object> {
  /** The name in releases. */
  readonly name: string;
  /** Where the targets are whose traffic it divides. */
  readonly place: 'cluster' | 'registry';
  readonly split: (clusters: Clusters, settingsOf: SettingsOf, systems: ServerSystems) => SplitPort;
  /** Its own counters. Absent where the system that the settings of the cluster name has them. */
  readonly evidence?: (systems: ServerSystems) => EvidencePort;
  /** The further ports (ToolPorts) that single tools use for this split. */
  readonly tools: (clusters: Clusters, settingsOf: SettingsOf) => Tools;
  /**
   * Namespace of proxies that are reached through the API server, which needs rights there. Undefined if there are
   * none.
   */
  readonly podNamespace: (settings: Partial<ClusterSettings>) => string | undefined;
}
