import type { SplitPort, TrafficRef } from '../../ports/split.ts';
import type { Clusters } from '../../adapters/kubernetes/cluster-client.ts';
import { guardedWrite } from '../../adapters/kubernetes/guarded-write.ts';
import { describe, TRAEFIK_SERVICE } from '../../adapters/kubernetes/kinds.ts';
import { fenced } from '../../adapters/kubernetes/fenced.ts';
import { claim, fence, unclaim } from '../../adapters/kubernetes/owner.ts';
import { rulesOf } from './crossing-rules.ts';
import { copyReads, stopCopies, uncopied } from './copies.ts';
import { weightOn } from './in-force.ts';
import { rivalRoutes } from './rival-routes.ts';
import { listReplicas } from './replicas.ts';
import type { ApisOf } from './replicas.ts';
import { TraefikService } from './schema.ts';
import { selfAnswering } from './self-answering.ts';
import { decideWeight, requireWeight } from './set-weight.ts';
import { findArms, holdsArms, readTraefikService, refOf, toView } from './traefik-service.ts';

export type { ApisOf, TraefikApis } from './replicas.ts';

/**
 * SplitPort on Traefik v3. It writes the TraefikService through the Kubernetes API, and reads its effect from each
 * replica's own API.
 */
export function createSplit(clusters: Clusters, options: { readonly apis: ApisOf }): SplitPort {
  const clientOf = (ref: { readonly cluster: string }) => clusters.client(ref.cluster);
  const read = async (ref: TrafficRef) => readTraefikService(clientOf(ref), ref);
  return {
    read: async (ref) => toView(ref, await read(ref)),
    async find(place, arms) {
      const items = await clientOf(place).list(TRAEFIK_SERVICE, place.namespace);
      // An invalid object in the namespace must not hide the others.
      const objects = items.map((item) => TraefikService.safeParse(item)).flatMap(({ data }) => (data ? [data] : []));
      return objects.filter((object) => holdsArms(object, arms)).map((object) => object.metadata.name);
    },
    async setWeight(ref, arms, weight, owner) {
      requireWeight(arms, weight);
      return guardedWrite(clientOf(ref), {
        ref: refOf(ref),
        read: async () => {
          const object = await read(ref);
          return { object, resourceVersion: object.metadata.resourceVersion };
        },
        decide: ({ object }) =>
          fenced({ annotations: object.metadata.annotations, owner, what: describe(refOf(ref)) }, () =>
            decideWeight(ref, object, arms, weight),
          ),
      });
    },
    async inForce(ref, arms) {
      const replicas = await listReplicas(clientOf(ref), options.apis);
      if (replicas.length === 0) return [];
      const object = await read(ref);
      const found = findArms(ref, object, arms);
      return Promise.all(replicas.map((replica) => weightOn(replica, object, found)));
    },
    uncopied: async (ref) => uncopied(clientOf(ref), ref),
    async copyReads(ref, arms, percent, owner) {
      const client = clientOf(ref);
      return copyReads({ client, ref, replicas: await listReplicas(client, options.apis) }, arms, percent, owner);
    },
    async stopCopies(ref, owner) {
      const client = clientOf(ref);
      return stopCopies({ client, ref, replicas: await listReplicas(client, options.apis) }, owner);
    },
    selfAnswering: async (ref, arms) => selfAnswering(clientOf(ref), ref, arms),
    rules: async (ref) => rulesOf(clientOf(ref), ref, await listReplicas(clientOf(ref), options.apis)),
    rivals: async (ref) => rivalRoutes(clientOf(ref), ref),
    claim: async (ref, owner, over) => claim(clientOf(ref), refOf(ref), owner, over),
    fence: async (ref, owner) => fence(clientOf(ref), refOf(ref), owner),
    unclaim: async (ref, owner) => unclaim(clientOf(ref), refOf(ref), owner),
  };
}
