import { z } from 'zod';
import type { TrafficRef } from '../../ports/split.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { INGRESS_ROUTE } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';

const Named = z.looseObject({ name: z.string(), namespace: z.string().optional() });

/** One rule. Fields that are not in the schema stay in it, for rules that are copied. */
const Route = z.looseObject({
  match: z.string(),
  /** If 0 or absent, the priority is the length of the rule (traefik v3, pkg/muxer/http/mux.go). */
  priority: z.number().optional(),
  services: z
    .array(z.looseObject({ name: z.string(), kind: z.string().default('Service'), namespace: z.string().optional() }))
    .default([]),
  middlewares: z.array(Named).optional(),
});
export type Route = z.infer<typeof Route>;

/** The fields of an IngressRoute (traefik.io/v1alpha1) that Sluice reads. */
export const IngressRoute = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string(), resourceVersion: z.string() }),
  spec: z.looseObject({ entryPoints: z.array(z.string()).optional(), routes: z.array(Route).default([]) }),
});
export type IngressRoute = z.infer<typeof IngressRoute>;

/** The TraefikService that mirrors a weighted route. */
export function mirrorName(route: string): string {
  return `${route}-mirror`;
}

/** Whether a rule leads to the TraefikService, directly or through its mirror. */
export function leadsTo(object: IngressRoute, route: Route, ref: TrafficRef): boolean {
  return route.services.some(
    ({ kind, name, namespace }) =>
      kind === 'TraefikService' &&
      (name === ref.name || name === mirrorName(ref.name)) &&
      (namespace ?? object.metadata.namespace) === ref.namespace,
  );
}

export function ingressRef(object: IngressRoute): ObjectRef {
  return { kind: INGRESS_ROUTE, namespace: object.metadata.namespace, name: object.metadata.name };
}

/** The IngressRoutes of the namespace, or of all namespaces. An invalid one does not hide the others. */
export async function listIngressRoutes(client: ClusterClient, namespace?: string): Promise<readonly IngressRoute[]> {
  const items = await client.list(INGRESS_ROUTE, namespace);
  return items.map((item) => IngressRoute.safeParse(item)).flatMap(({ data }) => (data ? [data] : []));
}

/** The IngressRoutes with a rule that leads to the TraefikService. */
export async function routesTo(client: ClusterClient, ref: TrafficRef): Promise<readonly IngressRoute[]> {
  const all = await listIngressRoutes(client, ref.namespace);
  return all.filter((object) => object.spec.routes.some((route) => leadsTo(object, route, ref)));
}
