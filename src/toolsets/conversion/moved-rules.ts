import { metaOf, recordsAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { sorted } from '../../domain/cluster-objects/differences.ts';
import { connectionOf, referencesTo, type RouteReference } from '../../domain/conversion/route-references.ts';
import { textOf } from './chosen-service.ts';
import { notConvertible } from './refusal.ts';

/** The entries of one IngressRoute that lead to the Service. */
export interface MovedRoute {
  readonly route: ApiObject;
  readonly references: readonly RouteReference[];
}

/** The IngressRoutes with entries that lead to a Service. Errors: NOT_APPLICABLE. */
export function routesToService(ingressRoutes: readonly ApiObject[], service: ApiObject): readonly MovedRoute[] {
  const { name } = metaOf(service);
  const routes = ingressRoutes.flatMap((route): readonly MovedRoute[] => {
    const references = referencesTo(route, { kind: 'Service', name });
    return references.length > 0 ? [{ route, references }] : [];
  });
  for (const moved of routes) for (const reference of moved.references) requireMovable(moved.route, reference, service);
  return routes;
}

/** Errors: NOT_APPLICABLE. */
function requireMovable(route: ApiObject, { match, among, entry }: RouteReference, service: ApiObject): void {
  if (among > 1)
    throw notConvertible(
      `${textOf(route)} divides the requests of ${match} among ${among} Services.`,
      `Leave one entry in the services of that rule, for example {"name":"${metaOf(service).name}","port":${JSON.stringify(entry['port'] ?? 80)}}.`,
    );
  const ports = recordsAt(service, 'spec', 'ports');
  const asked = entry['port'];
  const known = ports.some(({ name, port }) => [name, port].some((one) => word(one) === word(asked)));
  if (asked === undefined || known) return;
  const names = ports.map(({ name, port }) => (name === undefined ? word(port) : `${word(name)} (${word(port)})`));
  throw notConvertible(
    `${textOf(route)} names the port ${word(asked)} of ${textOf(service)}, which has ${names.join(', ') || 'none'}.`,
    'Correct the port of that entry.',
  );
}

/** A port is a number or a name. */
function word(port: unknown): string {
  return typeof port === 'string' ? port : JSON.stringify(port);
}

/**
 * How Traefik reaches the Service, the same for all rules, because one TraefikService has one connection to it.
 * Undefined without a rule. Errors: NOT_APPLICABLE.
 */
export function sharedConnection(
  routes: readonly MovedRoute[],
  service: ApiObject,
): RouteReference['entry'] | undefined {
  const all = routes.flatMap(({ route, references }) =>
    references.map(({ entry, match }) => ({ connection: connectionOf(entry), where: `${textOf(route)} (${match})` })),
  );
  const [first, ...others] = all;
  if (!first) return undefined;
  const other = others.find(({ connection }) => shape(connection, service) !== shape(first.connection, service));
  if (!other) return first.connection;
  throw notConvertible(
    `${first.where} reaches ${textOf(service)} by ${JSON.stringify(first.connection)}, and ${other.where} by ${JSON.stringify(other.connection)}. One TraefikService has one way.`,
    'Make the two entries equal, or lead one of the rules to another Service.',
  );
}

/** A port by its name is the same as by its number. */
function shape(connection: RouteReference['entry'], service: ApiObject): string {
  const { port } = connection;
  const found = recordsAt(service, 'spec', 'ports').find((one) => one['name'] === port);
  return JSON.stringify(sorted({ ...connection, port: found?.['port'] ?? port }));
}
