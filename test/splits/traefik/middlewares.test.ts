import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Clusters, PatchOptions } from '../../../src/adapters/kubernetes/cluster-client.ts';
import { INGRESS_ROUTE, MIDDLEWARE, POD, TRAEFIK_SERVICE } from '../../../src/adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../../src/adapters/kubernetes/kinds.ts';
import { OWNER_ANNOTATION } from '../../../src/adapters/kubernetes/owner-mark.ts';
import { otherManagers } from '../../../src/splits/traefik/field-owners.ts';
import { IngressRoute } from '../../../src/splits/traefik/ingress-routes.ts';
import { tooOld } from '../../../src/splits/traefik/middleware-status.ts';
import { createMiddlewares } from '../../../src/splits/traefik/middlewares.ts';
import { mirrorRules, rival } from '../../../src/splits/traefik/mirror-rules.ts';
import type { DesiredMiddleware } from '../../../src/ports/middlewares.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';

const ref = { cluster: 'dev', namespace: 'shop', name: 'api' };
const object = (kind: ObjectRef['kind'], name: string): ObjectRef => ({ kind, namespace: 'shop', name });
const desired = (more: Partial<DesiredMiddleware> = {}): DesiredMiddleware => ({
  name: 'limit',
  spec: { rateLimit: { average: 5 } },
  place: { on: 'service', service: 'api-canary' },
  takeOver: false,
  ...more,
});
const answer = (body: unknown) => ({ status: 200, headers: {}, body: JSON.stringify(body) });
const unknown = { status: 404, headers: {}, body: '{}' };

let cluster: FakeCluster;

/** One replica that serves at once what the cluster holds, under names of either scheme. */
function serve(name: (...parts: string[]) => string, version = '3.7.15'): void {
  cluster.create(
    { kind: POD, namespace: 'traefik', name: 'traefik-1' },
    { labels: { app: 'traefik' }, status: { phase: 'Running' } },
  );
  cluster.servePod = (_, path) => {
    const [, kind, id] = /^\/api\/http\/(\w+)\/(.+)@kubernetescrd$/.exec(decodeURIComponent(path)) ?? [];
    if (path === '/api/version') return answer({ Version: version });
    const entries = (
      cluster.peek(object(TRAEFIK_SERVICE, 'api')).spec as {
        weighted: { services: { name: string; middlewares?: { name: string }[] }[] };
      }
    ).weighted.services;
    if (kind === 'services' && id === name('shop', 'api'))
      return answer({
        status: 'enabled',
        weighted: { services: entries.map((entry) => ({ name: `child-${entry.name}` })) },
      });
    const child = entries.find((entry) => id === `child-${entry.name}`);
    if (child)
      return answer({ status: 'enabled', middlewares: child.middlewares?.map((one) => name('shop', one.name)) });
    try {
      return kind === 'middlewares' && id === name('shop', 'limit')
        ? answer({ ...cluster.peek(object(MIDDLEWARE, 'limit')).spec, status: 'enabled' })
        : unknown;
    } catch {
      return unknown;
    }
  };
}

function port(configured = true) {
  const clusters: Clusters = {
    contexts: () => ['dev'],
    currentContext: () => 'dev',
    server: () => 'https://fake',
    client: () => cluster,
  };
  return createMiddlewares(clusters, {
    apis: configured ? { pods: { namespace: 'traefik', selector: 'app=traefik', port: 8080 } } : { none: true },
  });
}

const flat = (...parts: string[]) => parts.join('-');
const exists = async (one: ObjectRef) =>
  cluster.get(one).then(
    () => true,
    () => false,
  );

beforeEach(() => {
  cluster = new FakeCluster('dev');
  cluster.create(object(TRAEFIK_SERVICE, 'api'), {
    spec: {
      weighted: {
        services: [
          { name: 'api-stable', port: 80, weight: 90 },
          { name: 'api-canary', port: 80, weight: 10, middlewares: [{ name: 'foreign' }] },
        ],
      },
    },
  });
  for (const name of ['one', 'two'])
    cluster.create(object(INGRESS_ROUTE, name), {
      spec: { routes: [{ match: `Host(\`${name}\`)`, services: [{ kind: 'TraefikService', name: 'api' }] }] },
    });
});

test.each([
  ['flattened', flat],
  ['safe', (...parts: string[]) => parts.join('_')],
] as const)('is proved under %s names, beside the middlewares of others', async (_, name) => {
  serve(name);
  expect(await port().put(ref, desired())).toMatchObject({
    changed: true,
    effective: 'proved',
    after: { attachedTo: ['Service api-canary'] },
  });
  expect(cluster.peek(object(TRAEFIK_SERVICE, 'api')).spec).toMatchObject({
    weighted: {
      services: [
        { name: 'api-stable', weight: 90 },
        { weight: 10, middlewares: [{ name: 'foreign' }, { name: 'limit' }] },
      ],
    },
  });
  expect(await port().put(ref, desired())).toMatchObject({ changed: false, effective: 'proved' });
});

test('without a Traefik API it is pending, never proved', async () => {
  expect(await port(false).put(ref, desired())).toMatchObject({
    changed: true,
    effective: 'pending',
    reason: expect.stringContaining('no Traefik API is configured'),
  });
});

describe('nothing is left half-made', () => {
  test('when the second of two IngressRoutes cannot be written', async () => {
    serve(flat);
    const jsonPatch = cluster.jsonPatch.bind(cluster);
    cluster.jsonPatch = async (at, operations, options: PatchOptions = {}) =>
      at.name === 'two' && !options.dryRun
        ? { applied: false, why: 'moved by a stranger' }
        : jsonPatch(at, operations, options);
    const before = cluster.peek(object(INGRESS_ROUTE, 'one')).spec;

    await expect(port().put(ref, desired({ place: { on: 'route' } }))).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(cluster.peek(object(INGRESS_ROUTE, 'one')).spec).toEqual(before);
    expect(await exists(object(MIDDLEWARE, 'limit'))).toBe(false);
  });

  test('when a release takes the route in between', async () => {
    serve(flat);
    const apply = cluster.apply.bind(cluster);
    cluster.apply = async (at, manifest, options) => {
      if (!options?.dryRun)
        cluster.update(
          object(TRAEFIK_SERVICE, 'api'),
          ({ metadata }) =>
            (metadata.annotations = {
              [OWNER_ANNOTATION]: JSON.stringify({ release_id: 'release/dev/shop/api', run_id: 'r' }),
            }),
        );
      return apply(at, manifest, options);
    };
    await expect(port().put(ref, desired())).rejects.toMatchObject({ code: 'OWNED_BY_OTHER' });
    expect(await exists(object(MIDDLEWARE, 'limit'))).toBe(false);
  });

  test('when a replica never takes the middleware over', async () => {
    serve(flat);
    const { servePod } = cluster;
    cluster.servePod = (pod, path) => (path.startsWith('/api/http/middlewares') ? unknown : servePod(pod, path));
    expect(await port().put(ref, desired())).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('it was removed again'),
    });
    expect(await exists(object(MIDDLEWARE, 'limit'))).toBe(false);
  }, 20_000);

  test('when the CRDs drop the field, or Traefik is too old', async () => {
    serve(flat);
    const jsonPatch = cluster.jsonPatch.bind(cluster);
    cluster.jsonPatch = async (at, operations, options: PatchOptions = {}) =>
      options.dryRun ? { applied: true, object: cluster.peek(at) } : jsonPatch(at, operations, options);
    expect(await port().put(ref, desired())).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('CRDs of this cluster drop'),
    });
    serve(flat, '3.6.9');
    expect(await port().put(ref, desired())).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('Traefik 3.6.9'),
    });
    expect(await exists(object(MIDDLEWARE, 'limit'))).toBe(false);
  });

  test('when another TraefikService names the canary too: Traefik may merge the two', async () => {
    serve(flat);
    cluster.create(object(TRAEFIK_SERVICE, 'other'), {
      spec: { weighted: { services: [{ name: 'api-canary', port: 80 }] } },
    });
    expect(await port().put(ref, desired())).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('TraefikService other'),
    });
    expect(await exists(object(MIDDLEWARE, 'limit'))).toBe(false);
  });
});

test('versions that read middlewares of Services', () => {
  expect(['3.7.0', 'v3.7.15', '3.10.1', '4.0.0', 'v3.7.0-rc.1'].map(tooOld)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  for (const version of ['3.6.99', '2.11.0', 'dev', '']) expect(tooOld(version)).toEqual(expect.any(String));
});

test("a list belongs to whoever manages it as a whole; Argo's writes keep what others have put in", () => {
  const managed = (...names: string[]) => ({
    metadata: {
      managedFields: names.map((manager) => ({
        manager,
        fieldsV1: { 'f:spec': { 'f:weighted': { 'f:services': {} } } },
      })),
    },
  });
  const path = ['spec', 'weighted', 'services'];
  expect(otherManagers(managed('sluice', 'rollouts-controller'), path)).toEqual([]);
  expect(otherManagers(managed('helm', 'sluice', 'helm'), path)).toEqual(['helm']);
  expect(otherManagers(managed('helm'), ['spec', 'mirroring'])).toEqual([]);
});

describe('the rules of a mirror', () => {
  const route = (match: string, priority?: number, name = 'api') => ({
    match,
    ...(priority !== undefined && { priority }),
    kind: 'Rule',
    services: [{ kind: 'TraefikService', name }],
  });
  const ingress = (name: string, ...routes: object[]) =>
    IngressRoute.parse({ metadata: { name, namespace: 'shop', resourceVersion: '1' }, spec: { routes } });

  test('stand one step above the rule that they copy, with all its fields', () => {
    const rule = { ...route('Host(`a`)'), middlewares: [{ name: 'auth' }] };
    expect(mirrorRules(ingress('a', rule), ref, 'safe')).toEqual([
      {
        match: '(Host(`a`)) && (Method(`GET`) || Method(`HEAD`) || Method(`OPTIONS`))',
        kind: 'Rule',
        priority: 10,
        middlewares: [{ name: 'auth' }],
        services: [{ kind: 'TraefikService', name: 'api-mirror' }],
      },
    ]);
    expect(mirrorRules(ingress('a', route('Host(`a`)', 40)), ref, 'all')).toMatchObject([
      { match: '(Host(`a`))', priority: 41 },
    ]);
  });

  test('a rule of exactly that priority is in the way, unless it is about other hosts', () => {
    const own = ingress('own', route('Host(`a`)', 40));
    expect(rival([own, ingress('other', route('Host(`a`) && PathPrefix(`/x`)', 41, 'else'))], ref)).toContain(
      'IngressRoute other',
    );
    expect(rival([own, ingress('other', route('PathPrefix(`/x`)', 41, 'else'))], ref)).toContain('IngressRoute other');
    expect(rival([own, ingress('other', route('Host(`b`)', 41, 'else'))], ref)).toBeUndefined();
    expect(rival([own, ingress('other', route('Host(`a`) && PathPrefix(`/x`)', 42, 'else'))], ref)).toBeUndefined();
    expect(rival([own, ...[ingress('mirror', route('(Host(`a`))', 41, 'api-mirror'))]], ref)).toBeUndefined();
    const [copied] = mirrorRules(ingress('b', route('Host(`b`)', 40)), ref, 'safe');
    const elsewhere = ingress('b', route(String(copied?.['match']), 41, 'b-mirror'));
    expect(rival([own, elsewhere], ref)).toBeUndefined();
  });
});
