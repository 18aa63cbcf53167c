import { createRollouts } from '../adapters/argo-rollouts/index.ts';
import { createClusters } from '../adapters/kubernetes/index.ts';
import { createMetrics } from '../adapters/prometheus/index.ts';
import { createTraffic, type TraefikApis } from '../adapters/traefik/index.ts';
import type { Settings } from '../config/schema.ts';
import type { Ports } from '../ports/index.ts';

/** The real systems behind the ports. Connects to nothing by itself. */
export function createPorts(settings: Settings): Ports {
  const clusters = createClusters(settings.kubeconfig === undefined ? {} : { kubeconfig: settings.kubeconfig });
  return {
    rollouts: createRollouts(clusters),
    traffic: createTraffic(clusters, { apis: traefikApis(settings) }),
    metrics: createMetrics(settings.prometheusUrl === undefined ? {} : { url: settings.prometheusUrl }),
    now: Date.now,
  };
}

export function traefikApis(settings: Settings): TraefikApis {
  if (settings.traefikApiUrls.length > 0) return { urls: settings.traefikApiUrls };
  return settings.traefikApiPods ? { pods: settings.traefikApiPods } : { none: true };
}
