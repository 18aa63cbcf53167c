import { SluiceError } from '../../domain/errors.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { TRAEFIK_SERVICE } from '../../adapters/kubernetes/kinds.ts';
import { leadsTo, listIngressRoutes, mirrorName, type IngressRoute, type Route } from './ingress-routes.ts';
import { fromService } from './route-links.ts';
import { RouteService } from './route-objects.ts';

/** A rule of an IngressRoute. `index`: its place there, from 0. */
export interface PlacedRule {
  readonly object: IngressRoute;
  readonly route: Route;
  readonly index: number;
}

/**
 * The rules that lead to a TraefikService, directly or through other TraefikServices, and all other rules. Those of
 * every namespace, because Traefik may allow references between them (`allowCrossNamespace`). Without the right to list
 * them, only the own namespace is read.
 */
export async function readRules(
  client: ClusterClient,
  ref: TrafficRef,
): Promise<{ readonly own: readonly PlacedRule[]; readonly others: readonly PlacedRule[] }> {
  const { routes, services } = await everywhere(client, ref.namespace);
  const reaching = reachingServices(services, ref);
  const all = routes.flatMap((object) => object.spec.routes.map((route, index) => ({ object, route, index })));
  const isOwn = ({ object, route }: PlacedRule) => leadsTo(object, route, ref) || reaches(reaching, object, route);
  return { own: all.filter(isOwn), others: all.filter((one) => !isOwn(one)) };
}

interface Objects {
  readonly routes: readonly IngressRoute[];
  readonly services: readonly RouteService[];
}

async function everywhere(client: ClusterClient, namespace: string): Promise<Objects> {
  try {
    return await objectsIn(client);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'FORBIDDEN') throw error;
    return objectsIn(client, namespace);
  }
}

async function objectsIn(client: ClusterClient, namespace?: string): Promise<Objects> {
  const [routes, items] = await Promise.all([
    listIngressRoutes(client, namespace),
    client.list(TRAEFIK_SERVICE, namespace),
  ]);
  // An invalid object must not hide the others.
  return { routes, services: items.flatMap((item) => RouteService.safeParse(item).data ?? []) };
}

/** The TraefikService itself, and every one that refers to one of them. */
function reachingServices(services: readonly RouteService[], ref: TrafficRef): ReadonlySet<string> {
  const links = services.flatMap(fromService).filter(({ to }) => to.kind === 'TraefikService');
  const found = new Set([keyOf(ref), keyOf({ ...ref, name: mirrorName(ref.name) })]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const { from, to } of links) if (found.has(keyOf(to))) found.add(keyOf(from));
  }
  return found;
}

function reaches(reaching: ReadonlySet<string>, { metadata }: IngressRoute, { services }: Route): boolean {
  return services.some(
    ({ kind, name, namespace = metadata.namespace }) =>
      kind === 'TraefikService' && reaching.has(keyOf({ namespace, name })),
  );
}

function keyOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

/** "IngressRoute shop/api rule 2". */
export function ruleText({ object, index }: PlacedRule): string {
  return `IngressRoute ${object.metadata.namespace}/${object.metadata.name} rule ${index + 1}`;
}
