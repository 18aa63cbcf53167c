import type { MiddlewaresPort } from '../../ports/middlewares.ts';
import type { Clusters } from '../kubernetes/client.ts';
import type { TraefikApis } from './replicas.ts';
import { readTraefikService } from './traefik-service.ts';

/** MiddlewaresPort on Traefik v3. */
export function createMiddlewares(clusters: Clusters, _options: { readonly apis: TraefikApis }): MiddlewaresPort {
  return {
    attached: async (ref) => {
      await readTraefikService(clusters.client(ref.cluster), ref);
      return [];
    },
  };
}
