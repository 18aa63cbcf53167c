import type { MiddlewaresPort } from '../../ports/middlewares.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { Clusters } from '../../adapters/kubernetes/cluster-client.ts';
import { ownerOf } from '../../adapters/kubernetes/owner-mark.ts';
import { readAttachable, viewOf } from './middleware-view.ts';
import type { World } from './middleware-view.ts';
import { mirrorRoute, unmirrorRoute } from './mirror.ts';
import { mirrorViewOf } from './mirror-view.ts';
import { putMiddleware } from './put-middleware.ts';
import { weightedRoutes } from './weighted-routes.ts';
import { listReplicas } from './replicas.ts';
import type { ApisOf } from './replicas.ts';

/** MiddlewaresPort on Traefik v3. */
export function createMiddlewares(clusters: Clusters, options: { readonly apis: ApisOf }): MiddlewaresPort {
  const worldOf = async (ref: TrafficRef): Promise<World> => {
    const client = clusters.client(ref.cluster);
    return { client, ref, replicas: await listReplicas(client, options.apis) };
  };
  return {
    async arms(ref) {
      const { metadata, spec } = await readAttachable(clusters.client(ref.cluster), ref);
      const owner = ownerOf(metadata.annotations);
      return { services: (spec.weighted?.services ?? []).map(({ name }) => name), ...(owner && { owner }) };
    },
    weightedRoutes: async ({ cluster, namespace }) => weightedRoutes(clusters.client(cluster), namespace),
    read: async (ref, name) => viewOf(await worldOf(ref), name),
    put: async (ref, desired) => putMiddleware(await worldOf(ref), desired),
    readMirror: async (ref) => mirrorViewOf(await worldOf(ref)),
    mirror: async (ref, desired) => mirrorRoute(await worldOf(ref), desired),
    unmirror: async (ref, takeOver) => unmirrorRoute(await worldOf(ref), takeOver),
  };
}
