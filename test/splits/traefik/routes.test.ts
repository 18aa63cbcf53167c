import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createClusters } from '../../../src/adapters/kubernetes/index.ts';
import type { TraefikApis } from '../../../src/splits/traefik/replicas.ts';
import { createRoutes } from '../../../src/splits/traefik/routes.ts';
import type { SluiceError } from '../../../src/domain/errors.ts';
import type { RoutePlan, RoutesPort, RouteView } from '../../../src/ports/routes.ts';
import { startHttpServer } from '../../support/http-server.ts';
import type { Answer, HttpServer } from '../../support/http-server.ts';
import { writeKubeconfig } from '../../support/kubeconfig.ts';

const REF = { cluster: 'test', namespace: 'shop', name: 'app' };
const CRDS = '/apis/traefik.io/v1alpha1';
const SERVICES = `${CRDS}/namespaces/shop/traefikservices`;
const ROUTES = `${CRDS}/namespaces/shop/ingressroutes`;
const RULE = 'Host(`app.local`)';
const PLAN: RoutePlan = {
  stable: 'app-stable',
  canary: 'app-canary',
  port: 80,
  nativeLb: true,
  match: RULE,
  entryPoints: ['web'],
};

const entry = (name: string, weight?: number, more: object = {}) => ({
  name,
  port: 80,
  ...(weight !== undefined && { weight }),
  ...more,
});
const metadata = (name: string, more: object = {}) => ({
  name,
  namespace: 'shop',
  uid: `uid-${name}`,
  resourceVersion: '41',
  ...more,
});
const traefikService = (services: object[], more: object = {}) => ({
  metadata: metadata('app', more),
  spec: { weighted: { services } },
});
const ingressRoute = (name: string, services: object[], more: object = {}) => ({
  metadata: metadata(name),
  spec: { entryPoints: ['web'], routes: [{ match: RULE, kind: 'Rule', services, ...more }] },
});
const toApp = { name: 'app', kind: 'TraefikService' };
const items = (...list: object[]): Answer => ({ body: { items: list, metadata: {} } });
const conflict = (...managers: string[]): Answer => ({
  status: 409,
  body: {
    kind: 'Status',
    message: 'Apply failed',
    details: {
      name: 'app',
      causes: managers.map((name) => ({
        reason: 'FieldManagerConflict',
        message: `conflict with "${name}" using traefik.io/v1alpha1`,
        field: '.spec.weighted.services',
      })),
    },
  },
});
const notFound = (name: string): Answer => ({
  status: 404,
  body: { kind: 'Status', message: 'not found', details: { name } },
});

let cluster: HttpServer;
let proxy: HttpServer;
/** By method and path without query, else by path alone. */
let answers: Record<string, Answer | ((query: URLSearchParams) => Answer)>;
let served: Record<string, Answer>;

beforeEach(async () => {
  answers = {
    '/api/v1/namespaces/shop': { body: { metadata: { name: 'shop' } } },
    [`${SERVICES}/app`]: { body: traefikService([entry('app-stable', 95), entry('app-canary', 5)]) },
    [ROUTES]: items(ingressRoute('app', [toApp])),
  };
  cluster = await startHttpServer(({ method, path }) => {
    const { pathname, searchParams } = new URL(path, 'http://x');
    const found = answers[`${method} ${pathname}`] ?? answers[pathname] ?? notFound(pathname.split('/').at(-1) ?? '');
    return typeof found === 'function' ? found(searchParams) : found;
  });
  served = {};
  proxy = await startHttpServer(
    ({ path }) => served[decodeURIComponent(path)] ?? { status: 404, body: { message: 'service not found' } },
  );
});

afterEach(async () => {
  await cluster.close();
  await proxy.close();
});

function routes(apis: TraefikApis = { none: true }): RoutesPort {
  return createRoutes(createClusters({ kubeconfig: writeKubeconfig({ test: cluster.url }) }), { apis });
}

const writes = () =>
  cluster.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path, body }) => ({ method, path, body: JSON.parse(body) as Record<string, unknown> }));
const errorOf = async (call: Promise<unknown>): Promise<SluiceError> =>
  call.then(
    () => Promise.reject(new Error('it was accepted')),
    (error: unknown) => error as SluiceError,
  );

describe('read', () => {
  test('tells entries, rules, middlewares, mark and when the weights were written', async () => {
    const fields = (name: string, time: string) => ({ manager: 'x', time, fieldsV1: { 'f:spec': { [name]: {} } } });
    const managedFields = [
      fields('f:weighted', '2026-11-01T10:00:00Z'),
      fields('f:other', '2026-11-01T12:00:00Z'),
      fields('f:weighted', '2026-11-01T11:00:00Z'),
    ];
    const annotations = { 'sluice.dev/owner': JSON.stringify({ release_id: 'release/a', run_id: '1' }) };
    answers[`${SERVICES}/app`] = {
      body: traefikService(
        [entry('app-stable'), entry('app-canary', 0, { middlewares: [{ name: 'breaker' }], port: 'http' })],
        { managedFields, annotations },
      ),
    };
    answers[ROUTES] = items(
      ingressRoute('app', [toApp], { middlewares: [{ name: 'limit' }] }),
      ingressRoute('other', [{ name: 'app', port: 80 }]),
      ingressRoute('elsewhere', [{ ...toApp, namespace: 'far' }]),
      { metadata: metadata('odd'), spec: { routes: 'none' } },
    );

    expect(await routes().read(REF)).toEqual({
      ref: REF,
      uid: 'uid-app',
      resourceVersion: '41',
      form: 'weighted',
      entries: [
        // No weight counts as 1 to Traefik.
        { service: 'app-stable', kind: 'Service', port: '80', weight: 1 },
        { service: 'app-canary', kind: 'Service', port: 'http', weight: 0 },
      ],
      rules: [{ ingressRoute: 'app', match: RULE, entryPoints: ['web'] }],
      sticky: false,
      middlewares: ['limit', 'breaker'],
      owner: { releaseId: 'release/a', runId: '1' },
      weightsSince: Date.parse('2026-11-01T11:00:00Z'),
      served: [],
    });
  });

  test('what is not weighted is another form', async () => {
    answers[`${SERVICES}/app`] = {
      body: { metadata: metadata('app'), spec: { mirroring: { name: 'app-stable', port: 80, mirrors: [] } } },
    };
    expect(await routes().read(REF)).toMatchObject({ form: 'other', entries: [] });
  });

  test('names what is missing', async () =>
    expect((await errorOf(routes().read({ ...REF, name: 'nobody' }))).code).toBe('TRAFFIC_SERVICE_NOT_FOUND'));
});

describe('served', () => {
  const view = {
    ref: REF,
    entries: [
      { service: 'app-stable', kind: 'Service', port: '80', weight: 95 },
      { service: 'app-canary', kind: 'Service', port: '80', weight: 5 },
    ],
  } as const;
  const router = `shop-app-${createHash('sha256').update(RULE).digest('hex').slice(0, 20)}@kubernetescrd`;
  const service = (more: object = {}): Answer => ({
    body: {
      status: 'enabled',
      usedBy: [router],
      weighted: {
        services: [
          { name: 'shop-app-stable-80', weight: 95 },
          { name: 'shop-app-canary-80', weight: 5 },
        ],
      },
      ...more,
    },
  });
  const ask = async () => (await routes({ urls: [proxy.url] }).served(view))[0];

  beforeEach(() => {
    served['/api/http/services/shop-app@kubernetescrd'] = service();
    served[`/api/http/routers/${router}`] = { body: { status: 'enabled', rule: RULE } };
  });

  test('weights in the order of the entries, and the rules of enabled routers', async () => {
    expect(await ask()).toEqual({ replica: new URL(proxy.url).host, weights: [95, 5], rules: [RULE] });
  });

  test('a router that is broken is no rule, and says why', async () => {
    served[`/api/http/routers/${router}`] = {
      body: { status: 'disabled', rule: RULE, error: ['no such entry point'] },
    };
    expect(await ask()).toMatchObject({
      weights: [95, 5],
      rules: [],
      error: expect.stringContaining('no such entry point'),
    });
  });

  test('by safe names too, where names do not tell which entry is meant but their order does', async () => {
    delete served['/api/http/services/shop-app@kubernetescrd'];
    served['/api/http/services/shop_app@kubernetescrd'] = service({
      usedBy: [],
      weighted: {
        services: [
          { name: 'shop_app_0_shop_app-stable_80', weight: 60 },
          { name: 'x', weight: 40 },
        ],
      },
    });
    expect(await ask()).toMatchObject({ weights: [60, 40], rules: [] });
  });

  test.each([
    [
      'other Services',
      service({
        weighted: {
          services: [
            { name: 'shop-app-canary-80', weight: 5 },
            { name: 'shop-app-stable-80', weight: 95 },
          ],
        },
      }),
      'instead of',
    ],
    ['a broken service', service({ status: 'disabled', error: ['no endpoints'] }), 'no endpoints'],
    ['a wrong answer', { status: 500, body: 'oops' }, 'answered 500'],
    ['no JSON', { body: 'hello' }, 'not valid JSON'],
  ] as const)('%s: no weights, and why', async (_, answer, text) => {
    served['/api/http/services/shop-app@kubernetescrd'] = answer;
    const seen = await ask();
    expect([seen?.weights, seen?.unknown]).toEqual([undefined, undefined]);
    expect(seen?.error).toContain(text);
  });

  test('a replica that knows nothing of it says so, and a silent one is an error, not an exception', async () => {
    served = {};
    expect(await ask()).toEqual({ replica: new URL(proxy.url).host, unknown: true });
    expect(await routes({ urls: ['http://127.0.0.1:9'] }).served(view)).toEqual([
      { replica: '127.0.0.1:9', error: expect.any(String) },
    ]);
  });
});

describe('links', () => {
  const everything = () => {
    answers[`${CRDS}/ingressroutes`] = items(ingressRoute('app', [toApp, { name: 'plain', port: 80 }]));
    answers[`${CRDS}/traefikservices`] = items(
      traefikService([entry('app-stable'), { ...entry('far'), namespace: 'other' }]),
      { metadata: metadata('mirror'), spec: { mirroring: { ...toApp, mirrors: [{ name: 'shadow' }] } } },
      { metadata: metadata('spare'), spec: { failover: { service: { name: 'one' }, fallback: toApp } } },
      { metadata: metadata('hash'), spec: { highestRandomWeight: { services: [{ name: 'two' }] } } },
    );
  };

  test('every form of reference, in the whole cluster', async () => {
    everything();
    const { everywhere, links } = await routes().links(REF);
    expect(everywhere).toBe(true);
    expect(links.map(({ from, to }) => `${from.name} > ${to.kind} ${to.namespace}/${to.name}`)).toEqual([
      ...['app > TraefikService shop/app', 'app > Service shop/plain'],
      ...['app > Service shop/app-stable', 'app > Service other/far'],
      ...['mirror > TraefikService shop/app', 'mirror > Service shop/shadow'],
      ...['spare > Service shop/one', 'spare > TraefikService shop/app', 'hash > Service shop/two'],
    ]);
    expect(links[0]?.rule).toEqual({ ingressRoute: 'app', match: RULE, entryPoints: ['web'] });
  });

  test('an account that may not look everywhere looks into the namespace, and says so', async () => {
    everything();
    answers[`${CRDS}/ingressroutes`] = { status: 403, body: { kind: 'Status', message: 'no' } };
    answers[SERVICES] = items();
    expect(await routes().links(REF)).toMatchObject({ everywhere: false, links: [{ from: { name: 'app' } }] });
  });
});

test('service: ports, version and ready endpoints of all slices', async () => {
  answers['/api/v1/namespaces/shop/services/app-canary'] = {
    body: {
      spec: { ports: [{ name: 'http', port: 80 }], selector: { app: 'app', 'rollouts-pod-template-hash': 'abc' } },
    },
  };
  answers['/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices'] = (query) =>
    query.get('labelSelector') === 'kubernetes.io/service-name=app-canary'
      ? items(
          { endpoints: [{ conditions: { ready: true } }, { conditions: { ready: false } }, {}] },
          { endpoints: null },
        )
      : items();

  expect(await routes().service({ ...REF, name: 'app-canary' })).toEqual({
    name: 'app-canary',
    ports: [{ name: 'http', port: 80 }],
    hash: 'abc',
    ready: 2,
  });
  expect((await errorOf(routes().service({ ...REF, name: 'nobody' }))).code).toBe('SERVICE_NOT_FOUND');
});

describe('create', () => {
  const made = (name: string, spec: object): Answer => ({ body: { metadata: metadata(name), spec } });

  beforeEach(() => {
    delete answers[`${SERVICES}/app`];
    answers[`PATCH ${SERVICES}/app`] = made('app', {});
    answers[`PATCH ${ROUTES}/app`] = made('app', {});
  });

  test('tries both before it makes either, the TraefikService first', async () => {
    expect(await routes().create(REF, PLAN)).toEqual(['TraefikService shop/app', 'IngressRoute shop/app']);

    expect(writes().map(({ method, path }) => `${method} ${path}`)).toEqual([
      `PATCH ${SERVICES}/app?fieldManager=sluice&dryRun=All`,
      `PATCH ${ROUTES}/app?fieldManager=sluice&dryRun=All`,
      `PATCH ${SERVICES}/app?fieldManager=sluice`,
      `PATCH ${ROUTES}/app?fieldManager=sluice`,
    ]);
    const entries = [
      entry('app-stable', 100, { kind: 'Service', nativeLB: true }),
      entry('app-canary', 0, { kind: 'Service', nativeLB: true }),
    ];
    expect(writes()[2]?.body).toMatchObject({
      kind: 'TraefikService',
      metadata: { name: 'app', namespace: 'shop' },
      spec: { weighted: { services: entries } },
    });
    expect(writes()[3]?.body).toMatchObject({
      kind: 'IngressRoute',
      spec: { entryPoints: ['web'], routes: [{ match: RULE, kind: 'Rule', services: [toApp] }] },
    });
  });

  test('a second one that would be refused leaves nothing', async () => {
    answers[`PATCH ${ROUTES}/app`] = {
      status: 422,
      body: { kind: 'Status', message: 'spec.routes[0].match: bad', details: { name: 'app' } },
    };
    expect((await errorOf(routes().create(REF, PLAN))).code).toBe('MANIFEST_REFUSED');
    expect(writes().every(({ path }) => path.endsWith('dryRun=All'))).toBe(true);
  });

  test('when the second is refused after its trial, the first is deleted again, and only that very object', async () => {
    answers[`PATCH ${ROUTES}/app`] = (query) =>
      query.has('dryRun') ? made('app', {}) : { status: 403, body: { kind: 'Status', message: 'quota' } };
    answers[`PATCH ${SERVICES}/app`] = (query) => {
      if (!query.has('dryRun')) answers[`GET ${SERVICES}/app`] = made('app', {});
      return made('app', {});
    };
    answers[`DELETE ${SERVICES}/app`] = { body: {} };
    const error = await errorOf(routes().create(REF, PLAN));
    expect([error.code, error.message]).toEqual(['FORBIDDEN', expect.stringContaining('was deleted again')]);
    expect(writes().at(-1)).toMatchObject({
      method: 'DELETE',
      path: `${SERVICES}/app`,
      body: { preconditions: { uid: 'uid-app' } },
    });
  });

  test('what is there exactly so is left, what is missing is made, what differs is refused', async () => {
    const spec = {
      weighted: {
        services: [entry('app-stable', 100, { nativeLB: true }), entry('app-canary', 0, { nativeLB: true })],
      },
    };
    answers[`GET ${SERVICES}/app`] = made('app', spec);
    expect(await routes().create(REF, PLAN)).toEqual(['IngressRoute shop/app']);

    answers[`GET ${ROUTES}/app`] = made('app', { entryPoints: ['web'], routes: [{ match: RULE, services: [toApp] }] });
    expect(await routes().create(REF, PLAN)).toEqual([]);

    answers[`GET ${SERVICES}/app`] = made('app', {
      weighted: {
        services: [entry('app-stable', 90, { nativeLB: true }), entry('app-canary', 10, { nativeLB: true })],
      },
    });
    const error = await errorOf(routes().create(REF, PLAN));
    expect([error.code, error.message]).toEqual(['ALREADY_EXISTS', expect.stringContaining('TraefikService shop/app')]);
  });
});

describe('setWeights', () => {
  let view: RouteView;
  const written = entry('app-canary', 5, { nativeLB: true, middlewares: [{ name: 'breaker' }], scheme: 'h2c' });

  beforeEach(async () => {
    answers[`${SERVICES}/app`] = { body: traefikService([entry('app-stable', 95), written]) };
    answers[`PATCH ${SERVICES}/app`] = { body: {} };
    view = await routes().read(REF);
  });

  test('applies the whole list as read with other weights, guarded by its version', async () => {
    await routes().setWeights(view, [80, 20], { takeOver: false });
    expect(writes()).toEqual([
      {
        method: 'PATCH',
        path: `${SERVICES}/app?fieldManager=sluice`,
        body: {
          apiVersion: 'traefik.io/v1alpha1',
          kind: 'TraefikService',
          metadata: { name: 'app', namespace: 'shop', resourceVersion: '41' },
          spec: { weighted: { services: [entry('app-stable', 80), { ...written, weight: 20 }] } },
        },
      },
    ]);
  });

  test('writes nothing when the object has moved on since', async () => {
    answers[`${SERVICES}/app`] = {
      body: traefikService([entry('app-stable', 95), written], { resourceVersion: '42' }),
    };
    expect((await errorOf(routes().setWeights(view, [80, 20], { takeOver: false }))).code).toBe('CONFLICT');
    expect(writes()).toEqual([]);
  });

  test('names the other manager, and forces only when told to', async () => {
    answers[`PATCH ${SERVICES}/app`] = (query) =>
      query.has('force') ? { body: {} } : conflict('sluice', 'kubectl-edit');
    const error = await errorOf(routes().setWeights(view, [80, 20], { takeOver: false }));
    expect([error.code, error.details['managers']]).toEqual(['FIELD_CONFLICT', ['kubectl-edit']]);
    expect(error.message).not.toContain('sluice and');
    expect(writes()).toHaveLength(1);

    await routes().setWeights(view, [80, 20], { takeOver: true });
    expect(writes().at(-1)?.path).toContain('force=true');
  });

  test("takes over from Sluice's own patches without being told", async () => {
    answers[`PATCH ${SERVICES}/app`] = (query) => (query.has('force') ? { body: {} } : conflict('sluice'));
    await routes().setWeights(view, [80, 20], { takeOver: false });
    expect(writes().at(-1)).toMatchObject({
      path: expect.stringContaining('force=true'),
      body: { metadata: { resourceVersion: '41' } },
    });
  });
});

test('deletions are of the very objects that were read', async () => {
  answers[`GET ${ROUTES}/app`] = { body: ingressRoute('app', [toApp]) };
  answers[`DELETE ${ROUTES}/app`] = { body: {} };
  answers[`DELETE ${SERVICES}/app`] = { body: {} };
  const port = routes();
  const ingress = await port.findIngressRoute(REF);
  expect(ingress?.links).toMatchObject([{ to: { kind: 'TraefikService', namespace: 'shop', name: 'app' } }]);
  if (ingress) await port.removeIngressRoute(ingress);
  await port.removeTraefikService(await port.read(REF));
  const read = { uid: 'uid-app', resourceVersion: '41' };
  expect(writes().map(({ method, body }) => [method, body['preconditions']])).toEqual([
    ['DELETE', read],
    ['DELETE', read],
  ]);
  expect(await port.findIngressRoute({ ...REF, name: 'nobody' })).toBeUndefined();
});
