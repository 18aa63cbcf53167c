import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createClusters } from '../../../src/adapters/kubernetes/index.ts';
import { createSplit } from '../../../src/splits/traefik/split.ts';
import type { TraefikApis } from '../../../src/splits/traefik/split.ts';
import type { SplitPort } from '../../../src/ports/split.ts';
import { startHttpServer } from '../../support/http-server.ts';
import type { Answer, HttpServer } from '../../support/http-server.ts';
import { writeKubeconfig } from '../../support/kubeconfig.ts';

const REF = { cluster: 'test', namespace: 'shop', name: 'app' };
const ARMS = { stable: 'app-stable', candidate: 'app-canary' };
const ME = { releaseId: 'release/test/shop/app', runId: 'run-1' };
const PATH = '/apis/traefik.io/v1alpha1/namespaces/shop/traefikservices/app';
const API = '/api/http/services/shop-app%40kubernetescrd';

const entry = (name: string, weight: number | undefined, port: number | string = 80) => ({
  name,
  port,
  ...(weight !== undefined && { weight }),
  nativeLB: true,
});
const MARK = { 'sluice.dev/owner': JSON.stringify({ release_id: ME.releaseId, run_id: ME.runId }) };
const traefikService = (services: object[], annotations: object = MARK) => ({
  metadata: { name: 'app', namespace: 'shop', resourceVersion: '41', annotations },
  spec: { weighted: { services } },
});
const served = (stable: number, candidate: number, extra: object = {}): Answer => ({
  body: {
    status: 'enabled',
    weighted: {
      services: [
        { name: 'shop-app-stable-80', weight: stable },
        { name: 'shop-app-canary-80', weight: candidate },
      ],
    },
    ...extra,
  },
});

let cluster: HttpServer;
let proxy: HttpServer;
let objects: Record<string, Answer>;
let served1: Answer;
let servedSafe: Answer | undefined;

beforeEach(async () => {
  objects = { [PATH]: { body: traefikService([entry('app-stable', 95), entry('other', 7), entry('app-canary', 5)]) } };
  cluster = await startHttpServer(
    ({ path }) => objects[path.replace('?fieldManager=sluice', '')] ?? { status: 404, body: '404 page not found' },
  );
  served1 = served(95, 5);
  servedSafe = undefined;
  proxy = await startHttpServer(({ path }) => (servedSafe && path.includes('shop_app') ? servedSafe : served1));
});

afterEach(async () => {
  await cluster.close();
  await proxy.close();
});

function traffic(apis: TraefikApis): SplitPort {
  return createSplit(createClusters({ kubeconfig: writeKubeconfig({ test: cluster.url }) }), { apis });
}

const patches = () =>
  cluster.requests
    .filter(({ method }) => method === 'PATCH')
    .map(({ path, body }) => ({ path, operations: JSON.parse(body) as unknown }));

describe('setWeight', () => {
  test('patches the two weights alone, guarded by version and names', async () => {
    expect(await traffic({ none: true }).setWeight(REF, ARMS, 25, ME)).toMatchObject({
      changed: true,
      detail: expect.stringContaining('app-canary 25'),
    });

    expect(patches()).toEqual([
      {
        path: `${PATH}?fieldManager=sluice`,
        operations: [
          { op: 'test', path: '/metadata/resourceVersion', value: '41' },
          { op: 'test', path: '/metadata/annotations/sluice.dev~1owner', value: MARK['sluice.dev/owner'] },
          { op: 'test', path: '/spec/weighted/services/0/name', value: 'app-stable' },
          { op: 'test', path: '/spec/weighted/services/0/weight', value: 95 },
          { op: 'add', path: '/spec/weighted/services/0/weight', value: 75 },
          { op: 'test', path: '/spec/weighted/services/2/name', value: 'app-canary' },
          { op: 'test', path: '/spec/weighted/services/2/weight', value: 5 },
          { op: 'add', path: '/spec/weighted/services/2/weight', value: 25 },
        ],
      },
    ]);
  });

  test('the patch of a later act raises the epoch, and tests that an entry has no weight', async () => {
    objects[PATH] = { body: traefikService([entry('app-stable', undefined), entry('app-canary', undefined)]) };
    await traffic({ none: true }).setWeight(REF, ARMS, 25, { ...ME, epoch: 3 });
    const [patch] = patches();
    expect(patch?.operations).toEqual(
      expect.arrayContaining([
        {
          op: 'replace',
          path: '/metadata/annotations/sluice.dev~1owner',
          value: JSON.stringify({ release_id: ME.releaseId, run_id: ME.runId, epoch: 3 }),
        },
        { op: 'test', path: '/spec/weighted/services/0/weight', value: null },
      ]),
    );
  });

  test('sends nothing when the weights are there already', async () => {
    expect(await traffic({ none: true }).setWeight(REF, ARMS, 5, ME)).toMatchObject({ changed: false });
    expect(patches()).toEqual([]);
  });

  test('gives up with CONFLICT when the object never holds still', async () => {
    objects[PATH] = { status: 200, body: traefikService([entry('app-stable', 95), entry('app-canary', 5)]) };
    await cluster.close();
    cluster = await startHttpServer(({ method }) =>
      method === 'PATCH'
        ? { status: 422, body: { kind: 'Status', message: 'test failed' } }
        : (objects[PATH] as Answer),
    );

    await expect(traffic({ none: true }).setWeight(REF, ARMS, 25, ME)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('test failed'),
    });
    expect(patches()).toHaveLength(6);
  });

  test('a Service that is named twice is not guessed at', async () => {
    objects[PATH] = {
      body: traefikService([entry('app-stable', 95), entry('app-canary', 5), entry('app-canary', 5, 81)]),
    };

    await expect(traffic({ none: true }).setWeight(REF, ARMS, 25, ME)).rejects.toMatchObject({
      code: 'TRAFFIC_SERVICE_NOT_FOUND',
      message: expect.stringContaining('2 times'),
    });
  });

  test('a mark that cannot be read belongs to somebody', async () => {
    objects[PATH] = {
      body: traefikService([entry('app-stable', 95), entry('app-canary', 5)], { 'sluice.dev/owner': 'me!' }),
    };

    expect(await traffic({ none: true }).setWeight(REF, ARMS, 25, ME)).toMatchObject({
      refused: true,
      detail: expect.stringContaining('me!'),
    });
  });
});

test('an absent weight counts as 1; a port may be a name', async () => {
  objects[PATH] = { body: traefikService([entry('app-stable', undefined, 'http'), entry('app-canary', undefined)]) };

  expect((await traffic({ none: true }).read(REF)).weights).toMatchObject([
    { service: 'app-stable', weight: 1, port: 'http', metricsService: 'shop-app-stable-http@kubernetescrd' },
    { service: 'app-canary', weight: 1, port: '80', metricsService: 'shop-app-canary-80@kubernetescrd' },
  ]);
});

describe('inForce', () => {
  test('asks each replica for exactly this service and computes the share of the two', async () => {
    const silent = await startHttpServer(() => ({ silent: true }));
    served1 = served(1, 2, { usedBy: ['web'] });

    const seen = await traffic({ urls: [`${proxy.url}/`, silent.url, 'http://127.0.0.1:1', 'not a URL'] }).inForce(
      REF,
      ARMS,
    );

    await silent.close();
    expect(proxy.requests).toMatchObject([{ method: 'GET', path: API }]);
    expect(seen).toEqual([
      { replica: new URL(proxy.url).host, candidate: 200 / 3 },
      { replica: new URL(silent.url).host, error: 'no answer within 1000 ms' },
      { replica: '127.0.0.1:1', error: expect.any(String) },
      { replica: 'not a URL', error: 'not a URL' },
    ]);
  });

  test('a Traefik with safeNaming is asked by its own names', async () => {
    served1 = { status: 404, body: '{}' };
    const children = ['stable', 'canary'].map((arm, index) => ({
      name: `shop_app_wrr_${2 * index}_shop_app-${arm}_80`,
      weight: index === 0 ? 75 : 25,
    }));
    servedSafe = { body: { status: 'enabled', weighted: { services: children } } };

    expect(await traffic({ urls: [proxy.url] }).inForce(REF, ARMS)).toEqual([
      { replica: new URL(proxy.url).host, candidate: 25 },
    ]);
  });

  test('credentials of a URL are sent, never shown', async () => {
    const url = new URL(proxy.url);
    const seen = await traffic({ urls: [`http://user:p%40ss@${url.host}`] }).inForce(REF, ARMS);

    expect(seen).toEqual([{ replica: url.host, candidate: 5 }]);
    expect(proxy.requests[0]?.headers['authorization']).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
  });

  test.each([
    ['a service with an error', served(95, 5, { status: 'disabled', error: ['no servers'] }), 'no servers'],
    ['a service that is not enabled', served(95, 5, { status: 'warning' }), 'warning'],
    ['an unknown service', { status: 404, body: '{}' }, 'does not know'],
    ['another status', { status: 500, body: '' }, 'answered 500'],
    ['both weights 0', served(0, 0), 'both weights are 0'],
    ['other children', { body: { status: 'enabled', weighted: { services: [] } } }, 'shop-app-stable-80'],
    ['no JSON', { body: '<html>' }, 'JSON'],
  ] as const)('%s is an error text of that replica', async (_name, answer, text) => {
    served1 = answer;

    expect(await traffic({ urls: [proxy.url] }).inForce(REF, ARMS)).toEqual([
      { replica: new URL(proxy.url).host, error: expect.stringContaining(text) },
    ]);
  });

  test('pods are asked through the API server, running ones only', async () => {
    const pod = (name: string, phase: string, metadata = {}) => ({
      metadata: { name, ...metadata },
      status: { phase },
    });
    objects['/api/v1/namespaces/infra/pods?limit=500&labelSelector=app%3Dtraefik'] = {
      body: {
        items: [
          pod('t-1', 'Running'),
          pod('t-2', 'Pending'),
          pod('t-3', 'Running', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
        ],
        metadata: {},
      },
    };
    objects[`/api/v1/namespaces/infra/pods/t-1%3A8080/proxy${API}`] = served(95, 5);

    const pods = { namespace: 'infra', selector: 'app=traefik', port: 8080 };
    expect(await traffic({ pods }).inForce(REF, ARMS)).toEqual([{ replica: 'infra/t-1', candidate: 5 }]);
  });

  test('no pod behind the selector is an error, not "no API configured"', async () => {
    objects['/api/v1/namespaces/infra/pods?limit=500&labelSelector=app%3Dtraefik'] = {
      body: { items: [], metadata: {} },
    };

    const pods = { namespace: 'infra', selector: 'app=traefik', port: 8080 };
    expect(await traffic({ pods }).inForce(REF, ARMS)).toEqual([
      { replica: 'infra/app=traefik', error: expect.stringContaining('no running Traefik pod') },
    ]);
    expect(await traffic({ none: true }).inForce(REF, ARMS)).toEqual([]);
  });
});
