import type { WeightedRoute } from '../../ports/middlewares.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { TRAEFIK_SERVICE } from '../../adapters/kubernetes/kinds.ts';
import { requireNamespace } from '../../adapters/kubernetes/require-namespace.ts';
import { TraefikService } from './schema.ts';
import { entriesOf, shareOf } from './traefik-service.ts';

/**
 * The weighted TraefikServices of a namespace. Errors: NAMESPACE_NOT_FOUND, which takes a second request, because the
 * list of a missing namespace is empty.
 */
export async function weightedRoutes(client: ClusterClient, namespace: string): Promise<readonly WeightedRoute[]> {
  const items = await client.list(TRAEFIK_SERVICE, namespace);
  if (items.length === 0) await requireNamespace(client, namespace);
  // An invalid object in the namespace must not hide the others.
  const objects = items
    .map((item) => TraefikService.safeParse(item))
    .flatMap(({ data }) => (data?.spec.weighted ? [data] : []));
  return objects
    .map((object) => ({ name: object.metadata.name, services: servicesOf(object) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function servicesOf(object: TraefikService): WeightedRoute['services'] {
  const own = entriesOf(object).filter(
    ({ kind, namespace }) =>
      kind === 'Service' && (namespace ?? object.metadata.namespace) === object.metadata.namespace,
  );
  return own.map((entry) => ({
    service: entry.name,
    port: entry.port === undefined ? '' : String(entry.port),
    weight: shareOf(entry),
  }));
}
