import { z } from 'zod';
import type { RoutesPort } from '../../ports/routes.ts';
import type { Clusters } from '../../adapters/kubernetes/cluster-client.ts';
import { TRAEFIK_SERVICE } from '../../adapters/kubernetes/kinds.ts';
import { answering, listReplicas } from './replicas.ts';
import type { ApisOf } from './replicas.ts';
import { readLinks } from './route-links.ts';
import { ingressRefOf, trafficRefOf } from './route-objects.ts';
import { servedBy } from './route-served.ts';
import { readService } from './route-service.ts';
import { readRoute } from './route-view.ts';
import { applyWeights, createRoute, findIngressRoute } from './route-write.ts';

const Named = z.object({ metadata: z.object({ name: z.string() }) });

/** RoutesPort on Traefik v3: objects through the Kubernetes API, their effect through each replica's own API. */
export function createRoutes(clusters: Clusters, options: { readonly apis: ApisOf }): RoutesPort {
  const clientOf = (place: { readonly cluster: string }) => clusters.client(place.cluster);
  const served: RoutesPort['served'] = async (view) => {
    const replicas = await listReplicas(clientOf(view.ref), options.apis);
    return Promise.all(replicas.map((replica) => servedBy(replica, view)));
  };
  return {
    names: async (place) => {
      const items = z.array(Named).parse(await clientOf(place).list(TRAEFIK_SERVICE, place.namespace));
      return items.map(({ metadata }) => metadata.name);
    },
    replicas: async (cluster) => {
      const replicas = await listReplicas(clusters.client(cluster), options.apis);
      return Promise.all(replicas.map(answering));
    },
    async read(ref) {
      const written = await readRoute(clientOf(ref), ref);
      return { ...written, served: await served(written) };
    },
    served,
    links: async (place) => readLinks(clientOf(place), place.namespace),
    service: async (ref) => readService(clientOf(ref), ref),
    create: async (ref, plan) => createRoute(clientOf(ref), ref, plan),
    setWeights: async (view, weights, { takeOver }) => applyWeights(clientOf(view.ref), view, weights, takeOver),
    findIngressRoute: async (ref) => findIngressRoute(clientOf(ref), ref),
    removeIngressRoute: async ({ ref, uid, resourceVersion }) =>
      clientOf(ref).remove(ingressRefOf(ref), { uid, resourceVersion }),
    removeTraefikService: async (view) =>
      clientOf(view.ref).remove(trafficRefOf(view.ref), { uid: view.uid, resourceVersion: view.resourceVersion }),
  };
}
