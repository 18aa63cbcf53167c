import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { RouteEntry, RouteRule, RouteView } from '../../ports/routes.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { INGRESS_ROUTE } from '../../adapters/kubernetes/kinds.ts';
import { ownerOf } from '../../adapters/kubernetes/owner-mark.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { IngressRoute, RouteService, trafficRefOf } from './route-objects.ts';
import type { Reference } from './route-objects.ts';

/** The route as written. The caller adds what the replicas serve. */
export async function readRoute(client: ClusterClient, ref: TrafficRef): Promise<Omit<RouteView, 'served'>> {
  const [object, ingressRoutes] = await Promise.all([
    client.get(trafficRefOf(ref)),
    client.list(INGRESS_ROUTE, ref.namespace),
  ]);
  const route = parseRoute(ref, object);
  const leading = readable(ingressRoutes).flatMap((ingress) => rulesTo(ingress, ref));
  const { weighted } = route.spec;
  const since = weightsSince(route);
  const owner = ownerOf(route.metadata.annotations);
  const middlewares = [
    ...leading.flatMap(({ middlewares }) => middlewares),
    ...(weighted?.services ?? []).flatMap((entry) => entry.middlewares),
  ];
  return {
    ref,
    uid: route.metadata.uid,
    resourceVersion: route.metadata.resourceVersion,
    form: weighted ? 'weighted' : 'other',
    entries: (weighted?.services ?? []).map(toEntry),
    rules: leading.map(({ rule }) => rule),
    sticky: Boolean(weighted?.sticky),
    middlewares: [...new Set(middlewares.map(({ name }) => name))],
    ...(owner && { owner }),
    ...(since !== undefined && { weightsSince: since }),
  };
}

function parseRoute(ref: TrafficRef, object: unknown): RouteService {
  const parsed = RouteService.safeParse(object);
  if (parsed.success) return parsed.data;
  const message = `TraefikService ${ref.namespace}/${ref.name} has an unexpected form: ${plainLine(z.prettifyError(parsed.error))}`;
  throw new SluiceError('INTERNAL', message, { cause: parsed.error });
}

/** An invalid object must not hide the others. */
export function readable(items: readonly unknown[]): readonly IngressRoute[] {
  return items.map((item) => IngressRoute.safeParse(item)).flatMap(({ data }) => (data ? [data] : []));
}

type Rule = { readonly rule: RouteRule; readonly middlewares: IngressRoute['spec']['routes'][number]['middlewares'] };

function rulesTo(ingress: IngressRoute, ref: TrafficRef): Rule[] {
  const leads = (to: Reference) =>
    to.kind === 'TraefikService' &&
    to.name === ref.name &&
    (to.namespace ?? ingress.metadata.namespace) === ref.namespace;
  return ingress.spec.routes
    .filter(({ services }) => services.some(leads))
    .map((route) => ({ rule: toRule(ingress, route.match), middlewares: route.middlewares }));
}

export function toRule(ingress: IngressRoute, match: string): RouteRule {
  return { ingressRoute: ingress.metadata.name, match, entryPoints: ingress.spec.entryPoints };
}

type Entry = NonNullable<RouteService['spec']['weighted']>['services'][number];

function toEntry({ name, kind, namespace, port, weight }: Entry): RouteEntry {
  return {
    service: name,
    kind,
    ...(namespace !== undefined && { namespace }),
    port: port === undefined ? '' : String(port),
    weight,
  };
}

/** The API server stores for each field manager when it last changed its fields. */
function weightsSince({ metadata }: RouteService): number | undefined {
  const writes = (metadata.managedFields ?? []).filter(({ fieldsV1 }) =>
    JSON.stringify(fieldsV1 ?? {}).includes('"f:weighted"'),
  );
  const times = writes.map(({ time }) => Date.parse(time ?? '')).filter(Number.isFinite);
  return times.length > 0 ? Math.max(...times) : undefined;
}
