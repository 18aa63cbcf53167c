import { createRolloutFeed } from '../targets/argo-rollout/feed.ts';
import { createWorkload } from '../targets/argo-rollout/index.ts';
import { createRolloutObjects } from '../targets/argo-rollout/objects.ts';
import { createRolloutSteering } from '../targets/argo-rollout/steering.ts';
import { createTemplates } from '../targets/argo-rollout/templates.ts';
import { createClusters, type Clusters } from '../adapters/kubernetes/index.ts';
import { createEvidence } from '../adapters/prometheus/index.ts';
import { createSplit, type TraefikApis } from '../splits/traefik/index.ts';
import { createMiddlewares } from '../splits/traefik/middlewares.ts';
import { createRoutes } from '../splits/traefik/routes.ts';
import type { PrometheusSettings } from '../config/prometheus.ts';
import type { Settings } from '../config/schema.ts';
import type { ToolPorts } from '../ports/index.ts';
import { prometheusOptions } from './prometheus.ts';

type PortSettings = Pick<Settings, 'prometheusUrl' | 'traefikApiUrls' | 'traefikApiPods' | 'allowedNamespaces'> &
  Partial<PrometheusSettings>;

/**
 * The real systems behind the ports. Connects to nothing by itself. `serving`: lists may come from a watch that stays.
 */
export function createPorts(settings: Settings, serving = false): ToolPorts {
  return portsOver(
    createClusters(settings.kubeconfig === undefined ? {} : { kubeconfig: settings.kubeconfig }),
    settings,
    serving,
  );
}

/** The ports over given clusters. */
export function portsOver(clusters: Clusters, settings: PortSettings, serving = false): ToolPorts {
  return {
    workload: createWorkload(clusters),
    split: createSplit(clusters, { apis: traefikApis(settings) }),
    evidence: createEvidence(prometheusOptions(settings)),
    rolloutObjects: createRolloutObjects(clusters),
    rolloutSteering: createRolloutSteering(clusters),
    rolloutFeed: createRolloutFeed(clusters, { cached: serving, namespaces: settings.allowedNamespaces }),
    templates: createTemplates(clusters),
    routes: createRoutes(clusters, { apis: traefikApis(settings) }),
    middlewares: createMiddlewares(clusters, { apis: traefikApis(settings) }),
    now: Date.now,
  };
}

export function traefikApis(settings: Pick<Settings, 'traefikApiUrls' | 'traefikApiPods'>): TraefikApis {
  if (settings.traefikApiUrls.length > 0) return { urls: settings.traefikApiUrls };
  return settings.traefikApiPods ? { pods: settings.traefikApiPods } : { none: true };
}
