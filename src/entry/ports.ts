import { createTemplates } from '../adapters/analysis-templates/index.ts';
import { createClusterObjects } from '../adapters/cluster-objects/index.ts';
import { createLocalFiles } from '../adapters/local-files/index.ts';
import { createPodStreams } from '../adapters/pod-streams/index.ts';
import { createServiceCalls } from '../adapters/service-calls/index.ts';
import { createBranches } from '../adapters/git/index.ts';
import { createHelm, createHelmReleases } from '../adapters/helm/index.ts';
import { createClusters, type Clusters } from '../adapters/kubernetes/index.ts';
import { createWorlds, type DescribedClusters, type Elsewhere } from '../clusters/index.ts';
import { Identities } from '../clusters/identities.ts';
import { readIdentity } from '../clusters/identity.ts';
import { sameCluster } from '../clusters/same-cluster.ts';
import { settingsFor } from '../clusters/settings-for.ts';
import type { ClusterSettings, Settings } from '../config/schema.ts';
import { SluiceError } from '../domain/errors.ts';
import type { Kinds } from '../domain/release/plan.ts';
import { evidenceKind } from '../evidence/index.ts';
import type { Ports, ToolPorts } from '../ports/index.ts';
import type { ServerSystems } from '../ports/server-systems.ts';
import type { VersionSystems } from '../ports/version-systems.ts';
import type { Worlds } from '../ports/world.ts';
import { splitKind, splitTools } from '../splits/index.ts';
import type { SettingsOf } from '../splits/split-kind.ts';
import { targetKind, targetTools } from '../targets/index.ts';
import { clusterDefaults } from '../config/clusters.ts';
import { serverSystems, type SystemSettings } from './server-registry.ts';

type SourceSettings = Pick<Settings, 'gitCredentials' | 'kubeconfig' | 'helmProgram' | 'helmCharts' | 'helmPlainHttp'>;
type WorldSettings = DescribedClusters & SourceSettings & SystemSettings;
type PortSettings = WorldSettings & Pick<Settings, 'allowedNamespaces' | 'kubernetesFiles'>;

/** The clusters of the kubeconfig that the settings name. It opens no connection. Errors: CONFIG_INVALID. */
export function clustersOf({ kubeconfig }: Pick<Settings, 'kubeconfig'>): Clusters {
  return createClusters(kubeconfig === undefined ? {} : { kubeconfig });
}

/** The real systems behind the worlds. It opens no connection. */
export function worldsOver(clusters: Clusters, settings: WorldSettings, systems = serverSystems(settings)): Worlds {
  const sources = versionSystems(clusters, settings);
  return createWorlds({
    clusters,
    settings,
    ports: (own, kinds) => portsOf(clusters, own, kinds, { systems, sources }),
    elsewhere: (kinds) => elsewhereOf(clusters, kinds, { systems, sources }),
  });
}

/** What is in no cluster. */
interface Around {
  readonly systems: ServerSystems;
  readonly sources: VersionSystems;
}

function versionSystems(clusters: Clusters, settings: SourceSettings): VersionSystems {
  return {
    branches: createBranches(settings.gitCredentials),
    clusterObjects: createClusterObjects(clusters),
    helmReleases: createHelmReleases(clusters),
    helm: createHelm({
      program: settings.helmProgram,
      charts: settings.helmCharts,
      plainHttp: settings.helmPlainHttp,
      kubeconfig: settings.kubeconfig,
    }),
  };
}

/** Undefined if the kinds are in a cluster. Errors: KIND_UNKNOWN. */
function elsewhereOf(clusters: Clusters, kinds: Kinds, around: Around): Elsewhere | undefined {
  const { place, name } = targetKind(kinds.targetKind);
  const split = splitKind(kinds.split);
  if (split.place !== place)
    throw new SluiceError(
      'KIND_UNKNOWN',
      `The split ${split.name} does not divide the traffic of a target of the kind ${name}.`,
    );
  if (place === 'cluster') return undefined;
  return { identity: around.systems.identity, ports: () => portsOf(clusters, clusterDefaults(), kinds, around) };
}

/** The contexts of a cluster, by one of them. The identity of each cluster is read once. */
export function sameClusterOver(clusters: Clusters): (context: string) => Promise<readonly string[]> {
  const identities = new Identities(clusters);
  return (context) => sameCluster(clusters, identities, context);
}

/** Errors: KIND_UNKNOWN. */
function portsOf(clusters: Clusters, settings: ClusterSettings, kinds: Kinds, { systems, sources }: Around): Ports {
  const split = splitKind(kinds.split);
  return {
    workload: targetKind(kinds.targetKind).workload(clusters, systems, sources),
    split: split.split(clusters, async () => settings, systems),
    evidence: split.evidence?.(systems) ?? evidenceKind(settings).evidence(settings),
    templates: createTemplates(clusters),
    serviceCalls: createServiceCalls(clusters),
    now: Date.now,
  };
}

/** The ports of the single tools. `serving`: lists may come from a permanent watch. */
export function portsOver(clusters: Clusters, settings: PortSettings, serving = false): ToolPorts {
  const settingsOf = settingsOver(clusters, settings);
  const systems = serverSystems(settings);
  const sources = versionSystems(clusters, settings);
  return {
    workload: targetKind().workload(clusters, systems, sources),
    split: splitKind().split(clusters, settingsOf, systems),
    ...targetTools(clusters, { serving, namespaces: settings.allowedNamespaces }),
    ...splitTools(clusters, settingsOf),
    templates: createTemplates(clusters),
    ...sources,
    podStreams: createPodStreams(clusters),
    serviceCalls: createServiceCalls(clusters),
    localFiles: createLocalFiles(settings.kubernetesFiles),
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
