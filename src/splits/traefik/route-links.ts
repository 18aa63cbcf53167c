import { SluiceError } from '../../domain/errors.ts';
import type { RouteLink, RouteLinks } from '../../ports/routes.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { INGRESS_ROUTE, TRAEFIK_SERVICE } from '../../adapters/kubernetes/kinds.ts';
import { RouteService } from './route-objects.ts';
import type { IngressRoute, Reference } from './route-objects.ts';
import { readable, toRule } from './route-view.ts';

/**
 * Objects in other namespaces may refer to this one (`allowCrossNamespace`). Without the right to list them, only the
 * own namespace is read.
 */
export async function readLinks(client: ClusterClient, namespace: string): Promise<RouteLinks> {
  try {
    return { everywhere: true, links: await linksIn(client) };
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'FORBIDDEN') throw error;
    return { everywhere: false, links: await linksIn(client, namespace) };
  }
}

async function linksIn(client: ClusterClient, namespace?: string): Promise<RouteLink[]> {
  const [ingressRoutes, services] = await Promise.all([
    client.list(INGRESS_ROUTE, namespace),
    client.list(TRAEFIK_SERVICE, namespace),
  ]);
  const routes = services.map((item) => RouteService.safeParse(item)).flatMap(({ data }) => (data ? [data] : []));
  return [...readable(ingressRoutes).flatMap(linksOf), ...routes.flatMap(fromService)];
}

export function linksOf(ingress: IngressRoute): RouteLink[] {
  const { name, namespace } = ingress.metadata;
  const from = { kind: 'IngressRoute', namespace, name } as const;
  return ingress.spec.routes.flatMap(({ match, services }) =>
    services.map((to) => ({ from, to: target(to, namespace), rule: toRule(ingress, match) })),
  );
}

export function fromService({ metadata: { name, namespace }, spec }: RouteService): RouteLink[] {
  const { weighted, mirroring, highestRandomWeight, failover } = spec;
  const references = [
    ...(weighted?.services ?? []),
    ...(mirroring ? [mirroring, ...mirroring.mirrors] : []),
    ...(highestRandomWeight?.services ?? []),
    ...[failover?.service, failover?.fallback].flatMap((one) => one ?? []),
  ];
  return references.map((to) => ({ from: { kind: 'TraefikService', namespace, name }, to: target(to, namespace) }));
}

function target({ kind, name, namespace }: Reference, from: string): RouteLink['to'] {
  return { kind, name, namespace: namespace ?? from };
}
