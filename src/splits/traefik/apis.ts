import type { SettingsOf } from '../split-kind.ts';
import type { ApisOf } from './replicas.ts';

/**
 * Where the APIs of the replicas of each cluster are. Where no settings are known to belong to a cluster there are none:
 * those of another cluster are never asked.
 */
export function apisOf(settingsOf: SettingsOf): ApisOf {
  return async (cluster) => {
    const { traefikApiUrls = [], traefikApiPods } = (await settingsOf(cluster)) ?? {};
    if (traefikApiUrls.length > 0) return { urls: traefikApiUrls };
    return traefikApiPods ? { pods: traefikApiPods } : { none: true };
  };
}
