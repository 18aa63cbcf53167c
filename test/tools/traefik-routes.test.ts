import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { INGRESS_ROUTE, ROLLOUT, TRAEFIK_SERVICE } from '../../src/adapters/kubernetes/kinds.ts';
import { eventually } from '../support/releases-wait.ts';
import { codeOf, CREATE, DELETE, errorOf, NAMESPACE, READ, RouteStage, UPDATE } from '../support/route-stage.ts';
import type { Distribution, Written } from '../support/route-stage.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// Pods start, Traefik takes changes in every 2 s, counters need seconds.
jest.setTimeout(300_000);

let stage: RouteStage;
/** Pods for the Services of all routes here. */
let app: string;

beforeAll(async () => {
  stage = new RouteStage(await sharedSandbox());
  app = await stage.application('pods');
}, 900_000);

afterAll(() => stage.close(), 200_000);

test('a route from its making to its end, under load', async () => {
  const route = stage.name('life');
  await stage.services(route, app);
  const input = { route_name: route, hostname: stage.host(route), native_lb: true };

  const made = await stage.call<Written>(CREATE, input);
  expect(made).toMatchObject({
    changed: true,
    effective: 'proved',
    after: { weights: { [`${route}-stable`]: 100, [`${route}-canary`]: 0 }, rules: [`Host(\`${stage.host(route)}\`)`] },
  });
  expect(made.before).toBeUndefined();
  expect(made.after?.in_force).toHaveLength(2);
  expect(await stage.call<Written>(CREATE, input)).toMatchObject({ changed: false, effective: 'proved' });

  // "Proved" means that the very next request is answered.
  await stage.load(route, 100);
  const shifted = await stage.call<Written>(UPDATE, { route_name: route, canary_weight: 25 });
  expect(shifted).toMatchObject({
    changed: true,
    effective: 'proved',
    before: { weights: { [`${route}-canary`]: 0 } },
    after: { weights: { [`${route}-stable`]: 75, [`${route}-canary`]: 25 } },
  });
  for (const { weights } of shifted.after?.in_force ?? [])
    expect(weights).toEqual({ [`${route}-stable`]: 75, [`${route}-canary`]: 25 });
  expect(await stage.call<Written>(UPDATE, { route_name: route, stable_weight: 75 })).toMatchObject({
    changed: false,
    effective: 'proved',
  });

  const measured = await eventually('enough requests are counted', async () => {
    const seen = await stage.call<Distribution>(READ, { route_name: route });
    return seen.agrees === 'too little data' ? undefined : seen;
  });
  expect(measured).toMatchObject({
    agrees: 'yes',
    services: [
      { service: `${route}-stable`, wanted: 75 },
      { service: `${route}-canary`, wanted: 25 },
    ],
  });
  const [, canary] = measured.services;
  expect(canary?.low).toBeLessThanOrEqual(25);
  expect(canary?.high).toBeGreaterThanOrEqual(25);
  // The window was cut at the change: before it, the canary got nothing.
  expect(measured.window_seconds).toBeLessThan(60);

  const busy = await stage.call<Written>(DELETE, { route_name: route, confirm: `${NAMESPACE}/${route}` });
  expect(busy).toMatchObject({
    changed: false,
    effective: 'refused',
    reason: expect.stringMatching(/answered \d+ requests within the last 300 s/),
  });
  expect((await stage.traffic(route)).failed).toBe(0);
  await stage.unload(route);

  // A clock that is 70 s ahead: nothing was asked for a minute.
  const later = { ports: () => ({ now: () => Date.now() + 70_000 }) };
  await eventually(
    'Prometheus has seen the last request',
    async () => (await requestsOf(route)) === (await requestsOf(route, 2_000)) || undefined,
  );
  expect(await codeOf(stage.call(DELETE, { route_name: route, idle_seconds: 60 }, later))).toBe(
    'CONFIRMATION_REQUIRED',
  );
  expect(await codeOf(stage.call(DELETE, { route_name: route, idle_seconds: 60, confirm: route }, later))).toBe(
    'CONFIRMATION_REQUIRED',
  );
  const gone = await stage.call<Written>(
    DELETE,
    { route_name: route, idle_seconds: 60, confirm: `${NAMESPACE}/${route}` },
    later,
  );
  expect(gone).toMatchObject({
    changed: true,
    effective: 'proved',
    reason: expect.stringContaining('all 2 Traefik replicas'),
  });
  expect(gone.after).toBeUndefined();
  expect([await stage.exists(INGRESS_ROUTE, route), await stage.exists(TRAEFIK_SERVICE, route)]).toEqual([
    false,
    false,
  ]);
  expect(await codeOf(stage.call(DELETE, { route_name: route, confirm: `${NAMESPACE}/${route}` }))).toBe(
    'TRAFFIC_SERVICE_NOT_FOUND',
  );
});

/** Requests that Prometheus knows of a route; `waitMs` later. */
async function requestsOf(route: string, waitMs = 0): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  const { services } = await stage.call<Distribution>(READ, { route_name: route });
  return services.reduce((sum, { requests }) => sum + (requests ?? 0), 0);
}

describe('creating is refused', () => {
  let route: string;

  beforeAll(async () => {
    route = stage.name('new');
    await stage.services(route, app);
  });

  const input = (more: object = {}) => ({ route_name: route, hostname: stage.host(route), native_lb: true, ...more });
  const nothingMade = async () => [
    await stage.exists(TRAEFIK_SERVICE, route),
    await stage.exists(INGRESS_ROUTE, route),
  ];

  test.each([
    ['a Service that is not there', { canary_service: 'route-nobody' }, 'SERVICE_NOT_FOUND', 'route-nobody'],
    ['a port that the Services do not have', { port: 80 }, 'INVALID_INPUT', 'has port 8080, not 80'],
    ['one Service twice', { canary_service: 'x', stable_service: 'x' }, 'INVALID_INPUT', 'the same Service'],
    ['a Rollout that is not there', { rollout: 'route-nobody' }, 'ROLLOUT_NOT_FOUND', 'route-nobody'],
    ['a hostname that ends the rule', { hostname: 'a`) || Host(`b' }, 'INVALID_INPUT', 'DNS name'],
    ['a path that ends the rule', { path_prefix: '/`' }, 'INVALID_INPUT', 'absolute path'],
    ['a namespace that is not there', { namespace: 'route-nowhere' }, 'NAMESPACE_NOT_FOUND', 'route-nowhere'],
  ])('for %s', async (_, more, code, text) => {
    const error = await errorOf(stage.call(CREATE, input(more)));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(text)]);
    expect(await nothingMade()).toEqual([false, false]);
  });

  test('for Services with different ports', async () => {
    const uneven = stage.name('uneven');
    await stage.services(uneven, app, 9090);
    const error = await errorOf(stage.call(CREATE, { route_name: uneven, hostname: stage.host(uneven) }));
    expect([error.code, error.message]).toEqual([
      'INVALID_INPUT',
      expect.stringMatching(/port 8080 and Service \S+ has port 9090/),
    ]);
  });

  test('while another IngressRoute answers the same requests', async () => {
    expect(await stage.call<Written>(CREATE, input({ hostname: stage.host(app) }))).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining(`IngressRoute ${NAMESPACE}/${app}`),
    });
    expect(await nothingMade()).toEqual([false, false]);
  });

  test('also by a rule in a namespace that may not be looked into, of which nothing is told', async () => {
    const env = { SLUICE_ALLOWED_NAMESPACES: NAMESPACE };
    const answer = await stage.call<Written>(CREATE, input({ hostname: 'shop.shop.local' }), { env });
    expect(answer).toMatchObject({ effective: 'refused', reason: expect.stringContaining('not on the allow list') });
    expect(answer.reason).not.toContain('shop/shop');
    expect(await codeOf(stage.call(CREATE, input({ namespace: 'shop' }), { env }))).toBe('NAMESPACE_NOT_ALLOWED');
  });

  test('where another object has the name; nothing is half made', async () => {
    const blocked = stage.name('blocked');
    await stage.services(blocked, app);
    const manifest = {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'IngressRoute',
      metadata: { name: blocked, namespace: NAMESPACE },
      spec: {
        routes: [{ kind: 'Rule', match: 'Host(`x.local`)', services: [{ name: `${blocked}-stable`, port: 8080 }] }],
      },
    };
    await stage.client.apply({ kind: INGRESS_ROUTE, namespace: NAMESPACE, name: blocked }, manifest, {
      fieldManager: 'test',
    });

    const error = await errorOf(
      stage.call(CREATE, { route_name: blocked, hostname: stage.host(blocked), native_lb: true }),
    );
    expect([error.code, error.message]).toEqual([
      'ALREADY_EXISTS',
      expect.stringContaining(`IngressRoute ${NAMESPACE}/${blocked}`),
    ]);
    expect(await stage.exists(TRAEFIK_SERVICE, blocked)).toBe(false);
  });

  test('in the middle of an update of the Rollout, and not before or after it', async () => {
    const canary = await stage.application('late', { strategy: 'canary', steps: [20] });
    const late = {
      route_name: stage.name('late2'),
      hostname: `late.${stage.host(canary)}`,
      rollout: canary,
      native_lb: true,
    };
    await stage.startCanary(canary, 'shop:v2');

    expect(await stage.call<Written>(CREATE, late)).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringMatching(/in the middle of an update/),
    });
    expect(await stage.exists(TRAEFIK_SERVICE, late.route_name)).toBe(false);

    await stage.client.jsonPatch({ kind: ROLLOUT, namespace: NAMESPACE, name: canary }, [
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'shop:v1' },
    ]);
    const made = await eventually('the Rollout is on its stable version again', async () => {
      const answer = await stage.call<Written>(CREATE, late);
      return answer.effective === 'refused' ? undefined : answer;
    });
    // Its Services were taken from the Rollout.
    expect(made).toMatchObject({
      changed: true,
      effective: 'proved',
      after: { weights: { [`${canary}-stable`]: 100, [`${canary}-canary`]: 0 } },
    });
  });

  test('a rule that Traefik cannot serve is made, but not called proved', async () => {
    const lost = stage.name('lost');
    await stage.services(lost, app);
    const answer = await stage.call<Written>(CREATE, {
      route_name: lost,
      hostname: stage.host(lost),
      native_lb: true,
      entry_points: ['nobody'],
    });
    expect(answer).toMatchObject({
      changed: true,
      effective: 'pending',
      reason: expect.stringContaining('no enabled router'),
    });
  });
});
