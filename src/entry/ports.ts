import { createClusters, type Clusters } from '../adapters/kubernetes/index.ts';
import { createEvidence } from '../adapters/prometheus/index.ts';
import { createWorlds, type DescribedClusters } from '../clusters/index.ts';
import { Identities } from '../clusters/identities.ts';
import { readIdentity } from '../clusters/identity.ts';
import { settingsFor } from '../clusters/settings-for.ts';
import type { ClusterSettings, Settings } from '../config/schema.ts';
import { SluiceError } from '../domain/errors.ts';
import type { Ports, ToolPorts } from '../ports/index.ts';
import type { Worlds } from '../ports/world.ts';
import { createSplit, type TraefikApis } from '../splits/traefik/index.ts';
import { createMiddlewares } from '../splits/traefik/middlewares.ts';
import { createRoutes } from '../splits/traefik/routes.ts';
import { createRolloutFeed } from '../targets/argo-rollout/feed.ts';
import { createWorkload } from '../targets/argo-rollout/index.ts';
import { createRolloutObjects } from '../targets/argo-rollout/objects.ts';
import { createRolloutSteering } from '../targets/argo-rollout/steering.ts';
import { createTemplates } from '../targets/argo-rollout/templates.ts';
import { prometheusOptions } from './prometheus.ts';

type PortSettings = DescribedClusters & Pick<Settings, 'allowedNamespaces'>;

/** The clusters of the kubeconfig that the settings name. It opens no connection. Errors: CONFIG_INVALID. */
export function clustersOf({ kubeconfig }: Pick<Settings, 'kubeconfig'>): Clusters {
  return createClusters(kubeconfig === undefined ? {} : { kubeconfig });
}

/** The real systems behind the worlds. It opens no connection. */
export function worldsOver(clusters: Clusters, settings: DescribedClusters): Worlds {
  return createWorlds({ clusters, settings, ports: (own) => portsOfCluster(clusters, own) });
}

function portsOfCluster(clusters: Clusters, settings: ClusterSettings): Ports {
  return {
    workload: createWorkload(clusters),
    split: createSplit(clusters, { apis: traefikApis(settings) }),
    evidence: createEvidence(prometheusOptions(settings)),
    templates: createTemplates(clusters),
    now: Date.now,
  };
}

/** The ports of the single tools. `serving`: lists may come from a permanent watch. */
export function portsOver(clusters: Clusters, settings: PortSettings, serving = false): ToolPorts {
  const apis = apisOver(clusters, settings);
  return {
    workload: createWorkload(clusters),
    split: createSplit(clusters, { apis }),
    rolloutObjects: createRolloutObjects(clusters),
    rolloutSteering: createRolloutSteering(clusters),
    rolloutFeed: createRolloutFeed(clusters, { cached: serving, namespaces: settings.allowedNamespaces }),
    templates: createTemplates(clusters),
    routes: createRoutes(clusters, { apis }),
    middlewares: createMiddlewares(clusters, { apis }),
    now: Date.now,
  };
}

type ApisByCluster = (cluster: string) => Promise<TraefikApis>;

/**
 * Traefik's APIs of a cluster. If no setting belongs to the cluster, there are none, and a tool says that it cannot see
 * what the proxies serve. The APIs of another cluster are never used.
 */
function apisOver(clusters: Clusters, settings: DescribedClusters): ApisByCluster {
  const identities = new Identities(clusters);
  return async (context) => {
    try {
      const uid = () => readIdentity(clusters.client(context));
      return traefikApis(await settingsFor({ context, uid }, settings, { clusters, identities }));
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'CLUSTER_UNCONFIGURED') return { none: true };
      throw error;
    }
  };
}

export function traefikApis(settings: Pick<Settings, 'traefikApiUrls' | 'traefikApiPods'>): TraefikApis {
  if (settings.traefikApiUrls.length > 0) return { urls: settings.traefikApiUrls };
  return settings.traefikApiPods ? { pods: settings.traefikApiPods } : { none: true };
}
