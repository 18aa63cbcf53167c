import { createRolloutFeed } from '../adapters/argo-rollouts/feed.ts';
import { createRollouts } from '../adapters/argo-rollouts/index.ts';
import { createRolloutObjects } from '../adapters/argo-rollouts/objects.ts';
import { createRolloutSteering } from '../adapters/argo-rollouts/steering.ts';
import { createTemplates } from '../adapters/argo-rollouts/templates.ts';
import { createClusters, type Clusters } from '../adapters/kubernetes/index.ts';
import { createMetrics } from '../adapters/prometheus/index.ts';
import { createTraffic, type TraefikApis } from '../adapters/traefik/index.ts';
import { createMiddlewares } from '../adapters/traefik/middlewares.ts';
import { createRoutes } from '../adapters/traefik/routes.ts';
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
    rollouts: createRollouts(clusters),
    traffic: createTraffic(clusters, { apis: traefikApis(settings) }),
    metrics: createMetrics(prometheusOptions(settings)),
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
