import { createTemplates } from '../adapters/analysis-templates/index.ts';
import { createClusterObjects } from '../adapters/cluster-objects/index.ts';
import { createClusters, type Clusters } from '../adapters/kubernetes/index.ts';
import { createWorlds, type DescribedClusters } from '../clusters/index.ts';
import { Identities } from '../clusters/identities.ts';
import { readIdentity } from '../clusters/identity.ts';
import { sameCluster } from '../clusters/same-cluster.ts';
import { settingsFor } from '../clusters/settings-for.ts';
import type { ClusterSettings, Settings } from '../config/schema.ts';
import { SluiceError } from '../domain/errors.ts';
import type { Kinds } from '../domain/release/plan.ts';
import { evidenceKind } from '../evidence/index.ts';
import type { Ports, ToolPorts } from '../ports/index.ts';
import type { Worlds } from '../ports/world.ts';
import { splitKind, splitTools } from '../splits/index.ts';
import type { SettingsOf } from '../splits/split-kind.ts';
import { targetKind, targetTools } from '../targets/index.ts';

type PortSettings = DescribedClusters & Pick<Settings, 'allowedNamespaces'>;

/** The clusters of the kubeconfig that the settings name. It opens no connection. Errors: CONFIG_INVALID. */
export function clustersOf({ kubeconfig }: Pick<Settings, 'kubeconfig'>): Clusters {
  return createClusters(kubeconfig === undefined ? {} : { kubeconfig });
}

/** The real systems behind the worlds. It opens no connection. */
export function worldsOver(clusters: Clusters, settings: DescribedClusters): Worlds {
  return createWorlds({ clusters, settings, ports: (own, kinds) => portsOfCluster(clusters, own, kinds) });
}

/** The contexts of a cluster, by one of them. The identity of each cluster is read once. */
export function sameClusterOver(clusters: Clusters): (context: string) => Promise<readonly string[]> {
  const identities = new Identities(clusters);
  return (context) => sameCluster(clusters, identities, context);
}

/** Errors: KIND_UNKNOWN. */
function portsOfCluster(clusters: Clusters, settings: ClusterSettings, kinds: Kinds): Ports {
  return {
    workload: targetKind(kinds.targetKind).workload(clusters),
    split: splitKind(kinds.split).split(clusters, async () => settings),
    evidence: evidenceKind(settings).evidence(settings),
    templates: createTemplates(clusters),
    now: Date.now,
  };
}

/** The ports of the single tools. `serving`: lists may come from a permanent watch. */
export function portsOver(clusters: Clusters, settings: PortSettings, serving = false): ToolPorts {
  const settingsOf = settingsOver(clusters, settings);
  return {
    workload: targetKind().workload(clusters),
    split: splitKind().split(clusters, settingsOf),
    ...targetTools(clusters, { serving, namespaces: settings.allowedNamespaces }),
    ...splitTools(clusters, settingsOf),
    templates: createTemplates(clusters),
    clusterObjects: createClusterObjects(clusters),
    now: Date.now,
  };
}

/** The settings of each cluster, for tools that do their work also where none are known to be those of the cluster. */
function settingsOver(clusters: Clusters, settings: DescribedClusters): SettingsOf {
  const identities = new Identities(clusters);
  return async (context) => {
    try {
      const uid = () => readIdentity(clusters.client(context));
      return await settingsFor({ context, uid }, settings, { clusters, identities });
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'CLUSTER_UNCONFIGURED') return undefined;
      throw error;
    }
  };
}
