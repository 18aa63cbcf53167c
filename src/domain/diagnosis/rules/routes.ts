import { metaOf, recordAt, recordsAt, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import { conditionText } from '../../cluster-objects/conditions.ts';
import type { Facts } from '../facts.ts';
import { type ObjectRef, refTitle } from '../../cluster-objects/object-ref.ts';
import { evidence, finding, plain, type Family, type Finding, type Rule } from '../rule.ts';
import { describeObject, listStep } from '../steps.ts';

const reads = 'Ingress, IngressRoute, TraefikService and HTTPRoute: the Services that they name';

const MISSING: Rule = {
  name: 'route-service-missing',
  means: 'A route leads to a Service or TraefikService that does not exist.',
  reads,
  next: 'Correct the name, or create the Service.',
};
const NO_PORT: Rule = {
  name: 'route-port-missing',
  means: 'A route leads to a port that the Service does not have.',
  reads,
  next: 'Correct the port of the route or of the Service.',
};
const MIDDLEWARE: Rule = {
  name: 'middleware-missing',
  means: 'A route names a Middleware that does not exist.',
  reads: 'IngressRoute spec.routes[].middlewares',
  next: 'Correct the name, or create the Middleware.',
};
const CLASS: Rule = {
  name: 'ingress-class-missing',
  means: 'The Ingress names an IngressClass that does not exist, so no controller serves it.',
  reads: 'Ingress spec.ingressClassName',
  next: 'Correct ingressClassName.',
};
const REFUSED: Rule = {
  name: 'http-route-refused',
  means: 'The controller of a Gateway does not accept the HTTPRoute.',
  reads: 'HTTPRoute status.parents[].conditions',
  next: 'Read the text of the condition.',
};

export const routes: Family = {
  name: 'Routes',
  kinds: ['Ingress', 'IngressRoute', 'TraefikService', 'HTTPRoute'],
  rules: [MISSING, NO_PORT, MIDDLEWARE, CLASS, REFUSED],
  find: (route, facts) => [
    ...backendsOf(route).flatMap((backend) => toBackend(route, backend, facts)),
    ...middlewares(route, facts),
    ...ingressClass(route, facts),
    ...refused(route),
  ],
};

/** Where a route leads. `path`: the field that says so. */
export interface Backend {
  readonly ref: ObjectRef;
  readonly port?: number | string | undefined;
  readonly path: string;
}

export function backendsOf(route: ApiObject): readonly Backend[] {
  const read = BACKENDS[String(route['kind'])];
  return read ? read(route).filter(({ ref }) => ref.name !== '' && !ref.name.includes('@')) : [];
}

const BACKENDS: Readonly<Record<string, (route: ApiObject) => readonly Backend[]>> = {
  Ingress(route) {
    const rules = recordsAt(route, 'spec', 'rules').flatMap((rule) => recordsAt(rule, 'http', 'paths'));
    const paths = rules.map((path) => ingressBackend(route, recordAt(path, 'backend'), 'spec.rules[].http.paths[]'));
    const fallback = recordAt(route, 'spec', 'defaultBackend');
    return [...paths, ...(fallback['service'] ? [ingressBackend(route, fallback, 'spec.defaultBackend')] : [])];
  },
  IngressRoute: (route) =>
    recordsAt(route, 'spec', 'routes').flatMap((one) =>
      traefikBackends(route, one, 'services', 'spec.routes[].services'),
    ),
  TraefikService: (route) => [
    ...traefikBackends(route, recordAt(route, 'spec', 'weighted'), 'services', 'spec.weighted.services'),
    ...traefikBackends(route, recordAt(route, 'spec', 'mirroring'), 'mirrors', 'spec.mirroring.mirrors'),
    ...traefikBackends(route, { of: [recordAt(route, 'spec', 'mirroring')] }, 'of', 'spec.mirroring'),
  ],
  HTTPRoute: (route) =>
    recordsAt(route, 'spec', 'rules').flatMap((rule) =>
      recordsAt(rule, 'backendRefs')
        .filter(({ kind }) => kind === undefined || kind === 'Service')
        .map((one) => backend(route, 'Service', one, 'spec.rules[].backendRefs')),
    ),
};

function ingressBackend(route: ApiObject, { service }: ApiObject, path: string): Backend {
  const { name, port } = (service ?? {}) as { name?: string; port?: { number?: number; name?: string } };
  const { namespace } = metaOf(route);
  const ref = { kind: 'Service', group: '', namespace, name: name ?? '' };
  return { ref, port: port?.number ?? port?.name, path: `${path}.service` };
}

function traefikBackends(route: ApiObject, holder: ApiObject, field: string, path: string): readonly Backend[] {
  return recordsAt(holder, field).map((one) => backend(route, textAt(one, 'kind') ?? 'Service', one, path));
}

function backend(route: ApiObject, kind: string, one: ApiObject, path: string): Backend {
  const group = kind === 'TraefikService' ? 'traefik.io' : '';
  const namespace = textAt(one, 'namespace') ?? metaOf(route).namespace;
  const { port } = one;
  return {
    ref: { kind, group, namespace, name: textAt(one, 'name') ?? '' },
    port: kind === 'Service' && (typeof port === 'number' || typeof port === 'string') ? port : undefined,
    path,
  };
}

function toBackend(route: ApiObject, { ref, port, path }: Backend, facts: Facts): readonly Finding[] {
  const step = listStep(ref.kind, ref.group, ref.namespace);
  if (facts.isAbsent(ref)) {
    const summary = `It leads to ${refTitle(ref)}, which does not exist.`;
    return [finding(MISSING, route, summary, [evidence(route, path, ref.name)], step)];
  }
  const service = facts.object(ref);
  const ports = recordsAt(service, 'spec', 'ports');
  const fits = ports.some((one) => one['port'] === port || one['name'] === port);
  if (!service || port === undefined || fits || textAt(service, 'spec', 'type') === 'ExternalName') return [];
  const has = ports.map((one) => [one['name'], one['port']].filter(Boolean).join(' ')).join(', ');
  const proof = [evidence(route, `${path}.port`, String(port)), evidence(service, 'spec.ports', has)];
  return [finding(NO_PORT, route, `It leads to port ${port} of ${refTitle(ref)}, which has ${has}.`, proof, step)];
}

function middlewares(route: ApiObject, facts: Facts): readonly Finding[] {
  if (route['kind'] !== 'IngressRoute') return [];
  const named = recordsAt(route, 'spec', 'routes').flatMap((one) => recordsAt(one, 'middlewares'));
  return named.flatMap((one) => {
    const name = textAt(one, 'name') ?? '';
    const namespace = textAt(one, 'namespace') ?? metaOf(route).namespace;
    const ref = { kind: 'Middleware', group: 'traefik.io', namespace, name };
    if (name.includes('@') || !facts.isAbsent(ref)) return [];
    const summary = `It names ${refTitle(ref)}, which does not exist.`;
    const step = listStep('Middleware', 'traefik.io', namespace);
    return [finding(MIDDLEWARE, route, summary, [evidence(route, 'spec.routes[].middlewares', name)], step)];
  });
}

function ingressClass(route: ApiObject, facts: Facts): readonly Finding[] {
  const name = route['kind'] === 'Ingress' ? textAt(route, 'spec', 'ingressClassName') : undefined;
  if (name === undefined || !facts.isAbsent({ kind: 'IngressClass', group: 'networking.k8s.io', name })) return [];
  const summary = `IngressClass ${name} does not exist.`;
  const step = listStep('IngressClass', 'networking.k8s.io');
  return [finding(CLASS, route, summary, [evidence(route, 'spec.ingressClassName', name)], step)];
}

function refused(route: ApiObject): readonly Finding[] {
  if (route['kind'] !== 'HTTPRoute') return [];
  const bad = recordsAt(route, 'status', 'parents')
    .flatMap((parent) => recordsAt(parent, 'conditions'))
    .find(({ type, status }) => ['Accepted', 'ResolvedRefs'].includes(String(type)) && status === 'False');
  if (!bad) return [];
  const text = conditionText(bad);
  const proof = [evidence(route, `status.parents[].conditions[${String(bad['type'])}]`, text)];
  return [finding(REFUSED, route, plain(text, 250), proof, describeObject(route))];
}
