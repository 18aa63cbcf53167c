import type { SettingsOf } from '../split-kind.ts';
import type { ApisOf } from './replicas.ts';

/**
 * The addresses of the replicas' APIs in each cluster. If no settings belong to a cluster, it has none: the tools never
 * use the replicas of another cluster.
 */
export function apisOf(settingsOf: SettingsOf): ApisOf {
  return async (cluster) => {
    const { traefikApiUrls = [], traefikApiPods } = (await settingsOf(cluster)) ?? {};
    if (traefikApiUrls.length > 0) return { urls: traefikApiUrls };
    return traefikApiPods ? { pods: traefikApiPods } : { none: true };
  };
}
