import type { Clusters } from '../../adapters/kubernetes/cluster-client.ts';
import type { SettingsOf, SplitKind } from '../split-kind.ts';
import { apisOf } from './apis.ts';
import { createMiddlewares } from './middlewares.ts';
import { createRoutes } from './routes.ts';
import { createSplit } from './split.ts';

/** Weighted TraefikServices of Traefik v3. */
export const traefik = {
  name: 'traefik',
  place: 'cluster',
  split: (clusters: Clusters, settingsOf: SettingsOf) => createSplit(clusters, { apis: apisOf(settingsOf) }),
  tools: (clusters: Clusters, settingsOf: SettingsOf) => {
    const apis = apisOf(settingsOf);
    return { routes: createRoutes(clusters, { apis }), middlewares: createMiddlewares(clusters, { apis }) };
  },
  podNamespace: ({ traefikApiPods }) => traefikApiPods?.namespace,
} satisfies SplitKind;
