import type { Clusters } from '../adapters/kubernetes/cluster-client.ts';
import type { ClusterSettings } from '../config/schema.ts';
import type { SplitPort } from '../ports/split.ts';

/** The settings of a cluster, by its context; undefined where none are known to be its own. */
export type SettingsOf = (cluster: string) => Promise<ClusterSettings | undefined>;

/** A way to divide users between two versions. Nothing in it connects to a cluster before it is used. */
export interface SplitKind<Tools extends object = object> {
  /** As releases name it. */
  readonly name: string;
  readonly split: (clusters: Clusters, settingsOf: SettingsOf) => SplitPort;
  /** The further ports (ToolPorts) that single tools use for this split. */
  readonly tools: (clusters: Clusters, settingsOf: SettingsOf) => Tools;
  /** Namespace of proxies that are asked through the API server, which needs rights there; undefined: none are. */
  readonly podNamespace: (settings: Partial<ClusterSettings>) => string | undefined;
}
