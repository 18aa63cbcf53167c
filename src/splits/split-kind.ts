import type { Clusters } from '../adapters/kubernetes/cluster-client.ts';
import type { ClusterSettings } from '../config/schema.ts';
import type { SplitPort } from '../ports/split.ts';

/** The settings of a cluster, by its context. Undefined if no settings belong to the cluster. */
export type SettingsOf = (cluster: string) => Promise<ClusterSettings | undefined>;

/** A way to divide users between two versions. It connects to a cluster only when it is used. */
export interface SplitKind<Tools extends object = object> {
  /** The name in releases. */
  readonly name: string;
  readonly split: (clusters: Clusters, settingsOf: SettingsOf) => SplitPort;
  /** The further ports (ToolPorts) that single tools use for this split. */
  readonly tools: (clusters: Clusters, settingsOf: SettingsOf) => Tools;
  /**
   * Namespace of proxies that are reached through the API server, which needs rights there. Undefined if there are
   * none.
   */
  readonly podNamespace: (settings: Partial<ClusterSettings>) => string | undefined;
}
