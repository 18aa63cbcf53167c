import type { SettingsOf } from '../split-kind.ts';
import type { ApisOf } from './replicas.ts';

/**
 * Where the APIs of the replicas of each cluster are. If no settings belong to a cluster, it has none: the tools never
 * ask the replicas of another cluster.
 */
export function apisOf(settingsOf: SettingsOf): ApisOf {
  return async (cluster) => {
    const { traefikApiUrls = [], traefikApiPods } = (await settingsOf(cluster)) ?? {};
    if (traefikApiUrls.length > 0) return { urls: traefikApiUrls };
    return traefikApiPods ? { pods: traefikApiPods } : { none: true };
  };
}
