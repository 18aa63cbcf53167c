import type { RoutesPort } from '../../ports/routes.ts';
import type { Clusters } from '../kubernetes/client.ts';
import type { TraefikApis } from './replicas.ts';
import { readTraefikService, toView } from './traefik-service.ts';

/** RoutesPort on Traefik v3. */
export function createRoutes(clusters: Clusters, _options: { readonly apis: TraefikApis }): RoutesPort {
  return { read: async (ref) => toView(ref, await readTraefikService(clusters.client(ref.cluster), ref)) };
}
