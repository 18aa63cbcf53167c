import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { RouteSnapshot } from '../../src/contract/route-snapshot.ts';
import { INGRESS_ROUTE, TRAEFIK_SERVICE } from '../../src/adapters/kubernetes/kinds.ts';
import { OWNER_ANNOTATION } from '../../src/adapters/kubernetes/owner.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { eventually } from '../support/releases-wait.ts';
import { NAMESPACE, RouteStage } from '../support/route-stage.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// Pods start, Traefik takes changes in every 2 s, counters need seconds.
jest.setTimeout(120_000);

interface Written {
  readonly changed: boolean;
  readonly effective: string;
  readonly reason: string;
  readonly next?: string;
  readonly before?: RouteSnapshot;
  readonly after?: RouteSnapshot;
}

interface Distribution {
  readonly route: RouteSnapshot;
  readonly argo_weight?: number;
  readonly services: readonly { service: string; wanted: number; requests?: number; share?: number; low?: number; high?: number; version?: string }[];
  readonly window_seconds: number;
  readonly agrees: string;
  readonly reason: string;
}

const CREATE = 'traefik_create_weighted_route';
const UPDATE = 'traefik_update_route_weights';
const DELETE = 'traefik_delete_route';
const READ = 'traefik_get_traffic_distribution';

let stage: RouteStage;
/** Pods for the Services of all routes here. */
let app: string;

beforeAll(async () => {
  stage = new RouteStage(await sharedSandbox());
  app = await stage.application('pods');
}, 900_000);

afterAll(() => stage.close(), 200_000);

const errorOf = async (call: Promise<unknown>): Promise<SluiceError> => call.then(() => Promise.reject(new Error('it was accepted')), (error: unknown) => error as SluiceError);
const codeOf = async (call: Promise<unknown>) => (await errorOf(call)).code;
const mark = JSON.stringify({ release_id: 'release/dev/routes/somebody', run_id: '1' });

async function newRoute(part: string): Promise<string> {
  const route = stage.name(part);
  await stage.services(route, app);
  expect(await stage.call<Written>(CREATE, { route_name: route, hostname: stage.host(route), native_lb: true })).toMatchObject({ changed: true, effective: 'proved' });
  return route;
}

async function writeWeights(route: string, patch: (services: { name: string; weight: number }[]) => unknown): Promise<void> {
  const { spec } = (await stage.object(TRAEFIK_SERVICE, route)) as unknown as { spec: { weighted: { services: { name: string; weight: number }[] } } };
  await stage.client.jsonPatch({ kind: TRAEFIK_SERVICE, namespace: NAMESPACE, name: route }, [{ op: 'replace', path: '/spec/weighted', value: patch(spec.weighted.services) }]);
}

test('a route from its making to its end, under load', async () => {
  const route = stage.name('life');
  await stage.services(route, app);
  const wish = { route_name: route, hostname: stage.host(route), native_lb: true };

  const made = await stage.call<Written>(CREATE, wish);
  expect(made).toMatchObject({ changed: true, effective: 'proved', after: { weights: { [`${route}-stable`]: 100, [`${route}-canary`]: 0 }, rules: [`Host(\`${stage.host(route)}\`)`] } });
  expect(made.before).toBeUndefined();
  expect(made.after?.in_force).toHaveLength(2);
  expect(await stage.call<Written>(CREATE, wish)).toMatchObject({ changed: false, effective: 'proved' });

  // "Proved" means that the very next request is answered.
  await stage.load(route, 100);
  const shifted = await stage.call<Written>(UPDATE, { route_name: route, canary_weight: 25 });
  expect(shifted).toMatchObject({ changed: true, effective: 'proved', before: { weights: { [`${route}-canary`]: 0 } }, after: { weights: { [`${route}-stable`]: 75, [`${route}-canary`]: 25 } } });
  for (const { weights } of shifted.after?.in_force ?? []) expect(weights).toEqual({ [`${route}-stable`]: 75, [`${route}-canary`]: 25 });
  expect(await stage.call<Written>(UPDATE, { route_name: route, stable_weight: 75 })).toMatchObject({ changed: false, effective: 'proved' });

  const measured = await eventually('enough requests are counted', async () => {
    const seen = await stage.call<Distribution>(READ, { route_name: route });
    return seen.agrees === 'too little data' ? undefined : seen;
  });
  expect(measured).toMatchObject({ agrees: 'yes', services: [{ service: `${route}-stable`, wanted: 75 }, { service: `${route}-canary`, wanted: 25 }] });
  const [, canary] = measured.services;
  expect(canary?.low).toBeLessThanOrEqual(25);
  expect(canary?.high).toBeGreaterThanOrEqual(25);
  // The window was cut at the change: before it, the canary got nothing.
  expect(measured.window_seconds).toBeLessThan(60);

  const busy = await stage.call<Written>(DELETE, { route_name: route, confirm: `${NAMESPACE}/${route}` });
  expect(busy).toMatchObject({ changed: false, effective: 'refused', reason: expect.stringMatching(/answered \d+ requests within the last 300 s/) });
  expect((await stage.traffic(route)).failed).toBe(0);
  await stage.unload(route);

  // A clock that is 70 s ahead: nothing was asked for a minute.
  const later = { ports: () => ({ now: () => Date.now() + 70_000 }) };
  await eventually('Prometheus has seen the last request', async () => (await requestsOf(route)) === (await requestsOf(route, 2_000)) || undefined);
  expect(await codeOf(stage.call(DELETE, { route_name: route, idle_seconds: 60 }, later))).toBe('CONFIRMATION_REQUIRED');
  expect(await codeOf(stage.call(DELETE, { route_name: route, idle_seconds: 60, confirm: route }, later))).toBe('CONFIRMATION_REQUIRED');
  const gone = await stage.call<Written>(DELETE, { route_name: route, idle_seconds: 60, confirm: `${NAMESPACE}/${route}` }, later);
  expect(gone).toMatchObject({ changed: true, effective: 'proved', reason: expect.stringContaining('all 2 Traefik replicas') });
  expect(gone.after).toBeUndefined();
  expect([await stage.exists(INGRESS_ROUTE, route), await stage.exists(TRAEFIK_SERVICE, route)]).toEqual([false, false]);
  expect(await codeOf(stage.call(DELETE, { route_name: route, confirm: `${NAMESPACE}/${route}` }))).toBe('TRAFFIC_SERVICE_NOT_FOUND');
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

  const wish = (more: object = {}) => ({ route_name: route, hostname: stage.host(route), native_lb: true, ...more });
  const nothingMade = async () => [await stage.exists(TRAEFIK_SERVICE, route), await stage.exists(INGRESS_ROUTE, route)];

  test.each([
    ['a Service that is not there', { canary_service: 'route-nobody' }, 'SERVICE_NOT_FOUND', 'route-nobody'],
    ['a port that the Services do not have', { port: 80 }, 'INVALID_INPUT', 'has port 8080, not 80'],
    ['one Service twice', { canary_service: 'x', stable_service: 'x' }, 'INVALID_INPUT', 'the same Service'],
    ['a Rollout that is not there', { rollout: 'route-nobody' }, 'ROLLOUT_NOT_FOUND', 'route-nobody'],
    ['a hostname that ends the rule', { hostname: 'a`) || Host(`b' }, 'INVALID_INPUT', 'DNS name'],
    ['a path that ends the rule', { path_prefix: '/`' }, 'INVALID_INPUT', 'absolute path'],
    ['a namespace that is not there', { namespace: 'route-nowhere' }, 'NAMESPACE_NOT_FOUND', 'route-nowhere'],
  ])('for %s', async (_, more, code, text) => {
    const error = await errorOf(stage.call(CREATE, wish(more)));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(text)]);
    expect(await nothingMade()).toEqual([false, false]);
  });

  test('for Services with different ports', async () => {
    const uneven = stage.name('uneven');
    await stage.services(uneven, app, 9090);
    const error = await errorOf(stage.call(CREATE, { route_name: uneven, hostname: stage.host(uneven) }));
    expect([error.code, error.message]).toEqual(['INVALID_INPUT', expect.stringMatching(/port 8080 and Service \S+ has port 9090/)]);
  });

  test('while another IngressRoute answers the same requests', async () => {
    expect(await stage.call<Written>(CREATE, wish({ hostname: stage.host(app) }))).toMatchObject({ changed: false, effective: 'refused', reason: expect.stringContaining(`IngressRoute ${NAMESPACE}/${app}`) });
    expect(await nothingMade()).toEqual([false, false]);
  });

  test('where another object has the name; nothing is half made', async () => {
    const blocked = stage.name('blocked');
    await stage.services(blocked, app);
    const manifest = { apiVersion: 'traefik.io/v1alpha1', kind: 'IngressRoute', metadata: { name: blocked, namespace: NAMESPACE }, spec: { routes: [{ kind: 'Rule', match: 'Host(`x.local`)', services: [{ name: `${blocked}-stable`, port: 8080 }] }] } };
    await stage.client.apply({ kind: INGRESS_ROUTE, namespace: NAMESPACE, name: blocked }, manifest, { fieldManager: 'test' });

    const error = await errorOf(stage.call(CREATE, { route_name: blocked, hostname: stage.host(blocked), native_lb: true }));
    expect([error.code, error.message]).toEqual(['ALREADY_EXISTS', expect.stringContaining(`IngressRoute ${NAMESPACE}/${blocked}`)]);
    expect(await stage.exists(TRAEFIK_SERVICE, blocked)).toBe(false);
  });

  test('in the middle of an update of the Rollout, and not before or after it', async () => {
    const canary = await stage.application('late', { strategy: 'canary', steps: [20] });
    const late = { route_name: stage.name('late2'), hostname: `late.${stage.host(canary)}`, rollout: canary, native_lb: true };
    await stage.startCanary(canary, 'shop:v2');

    expect(await stage.call<Written>(CREATE, late)).toMatchObject({ changed: false, effective: 'refused', reason: expect.stringMatching(/in the middle of an update/) });
    expect(await stage.exists(TRAEFIK_SERVICE, late.route_name)).toBe(false);

    await stage.client.jsonPatch({ kind: { name: 'Rollout', group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts', missing: 'ROLLOUT_NOT_FOUND' }, namespace: NAMESPACE, name: canary }, [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'shop:v1' }]);
    const made = await eventually('the Rollout is on its stable version again', async () => {
      const answer = await stage.call<Written>(CREATE, late);
      return answer.effective === 'refused' ? undefined : answer;
    });
    // Its Services were taken from the Rollout.
    expect(made).toMatchObject({ changed: true, effective: 'proved', after: { weights: { [`${canary}-stable`]: 100, [`${canary}-canary`]: 0 } } });
  });

  test('a rule that Traefik cannot serve is made, but not called proved', async () => {
    const lost = stage.name('lost');
    await stage.services(lost, app);
    const answer = await stage.call<Written>(CREATE, { route_name: lost, hostname: stage.host(lost), native_lb: true, entry_points: ['nobody'] });
    expect(answer).toMatchObject({ changed: true, effective: 'pending', reason: expect.stringContaining('no enabled router') });
  });
});

describe('changing weights', () => {
  let route: string;

  beforeAll(async () => {
    route = await newRoute('weights');
  });

  test('step: true goes on by TRAEFIK_DEFAULT_WEIGHT_STEP', async () => {
    await stage.call(UPDATE, { route_name: route, canary_weight: 0 });
    expect(await stage.call<Written>(UPDATE, { route_name: route, step: true })).toMatchObject({ after: { weights: { [`${route}-canary`]: 10 } } });
    expect(await stage.call<Written>(UPDATE, { route_name: route, step: true }, { env: { TRAEFIK_DEFAULT_WEIGHT_STEP: '35' } })).toMatchObject({ after: { weights: { [`${route}-stable`]: 55, [`${route}-canary`]: 45 } } });
  });

  test('everything to the canary needs confirm, and back to stable does not', async () => {
    const error = await errorOf(stage.call(UPDATE, { route_name: route, stable_weight: 0, canary_weight: 100 }));
    expect([error.code, error.details]).toEqual(['CONFIRMATION_REQUIRED', { confirm: `${NAMESPACE}/${route}` }]);
    expect(await stage.call<Written>(UPDATE, { route_name: route, canary_weight: 100, confirm: `${NAMESPACE}/${route}` })).toMatchObject({ changed: true, effective: 'proved' });
    expect(await stage.call<Written>(UPDATE, { route_name: route, canary_weight: 0 })).toMatchObject({ changed: true, effective: 'proved' });
  });

  test.each([
    ['weights that do not sum', { stable_weight: 80, canary_weight: 30 }, 'together 100'],
    ['101', { canary_weight: 101 }, '0 to 100'],
    ['-1', { stable_weight: -1 }, '0 to 100'],
    ['a fraction', { canary_weight: 2.5 }, '0 to 100'],
    ['nothing', {}, 'give canary_weight'],
    ['a Service that is not in it', { canary_weight: 5, canary_service: 'nobody' }, 'not clear'],
  ])('refuses %s', async (_, weights, text) => {
    const error = await errorOf(stage.call(UPDATE, { route_name: route, ...weights }));
    expect([error.code, error.message]).toEqual(['INVALID_INPUT', expect.stringContaining(text)]);
  });

  test('names another field manager, and takes over only when told to', async () => {
    const wish = { route_name: app, canary_weight: 5 };
    const error = await errorOf(stage.call(UPDATE, wish));
    expect([error.code, error.details]).toEqual(['FIELD_CONFLICT', { managers: ['sluice-sandbox'] }]);
    expect(await stage.call<Written>(UPDATE, { ...wish, take_over: true })).toMatchObject({ changed: true, effective: 'proved' });
    expect(await stage.call<Written>(UPDATE, { ...wish, canary_weight: 0 })).toMatchObject({ changed: true, effective: 'proved' });
  });

  test("what a release's workflow patched is not a foreign manager's", async () => {
    const own = await newRoute('own');
    const { traffic } = await stage.ports({});
    const ref = { cluster: stage.sandbox.context, namespace: NAMESPACE, name: own };
    await traffic.setWeight(ref, { stable: `${own}-stable`, candidate: `${own}-canary` }, 40, { releaseId: 'release/a', runId: '1' });

    expect(await stage.call<Written>(UPDATE, { route_name: own, canary_weight: 20 })).toMatchObject({ changed: true, effective: 'proved', before: { weights: { [`${own}-canary`]: 40 } } });
  });

  test('two calls at once leave one of the two splits, never a mixture', async () => {
    const both = await Promise.allSettled([15, 65].map((weight) => stage.call(UPDATE, { route_name: route, canary_weight: weight })));
    const { route: now } = await stage.call<Distribution>(READ, { route_name: route });
    expect(both.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    for (const one of both) if (one.status === 'rejected') expect((one.reason as SluiceError).code).toBe('CONFLICT');
    expect([15, 65]).toContain(now.weights[`${route}-canary`]);
    expect(now.weights[`${route}-stable`]).toBe(100 - (now.weights[`${route}-canary`] ?? 0));
  });

  test('is refused where Argo writes the weights', async () => {
    const argo = await stage.application('argo', { strategy: 'canary', steps: [20] });
    const answer = await stage.call<Written>(UPDATE, { route_name: argo, canary_weight: 50, take_over: true });
    expect(answer).toMatchObject({ changed: false, effective: 'refused', reason: expect.stringContaining(`Rollout ${argo}`), next: expect.stringContaining('argo_promote_rollout'), before: { rollout: argo } });
    expect(answer.after).toEqual(answer.before);

    await stage.startCanary(argo, 'shop:v2');
    expect(await stage.call<Distribution>(READ, { route_name: argo })).toMatchObject({ argo_weight: 20, route: { rollout: argo }, services: [{ wanted: 80 }, { wanted: 20 }] });
    const { services } = await stage.call<Distribution>(READ, { route_name: argo });
    expect(services[0]?.version).not.toBe(services[1]?.version);
    expect(await stage.call<Written>(DELETE, { route_name: argo })).toMatchObject({ changed: false, effective: 'refused', reason: expect.stringContaining(`Rollout ${argo}`) });
  });

  test('is refused where users would be answered with 503', async () => {
    const empty = stage.name('empty');
    await stage.service(`${empty}-stable`, { app });
    await stage.service(`${empty}-canary`, { app: 'nobody' });
    await stage.call(CREATE, { route_name: empty, hostname: stage.host(empty), native_lb: true });
    expect(await stage.call<Written>(UPDATE, { route_name: empty, canary_weight: 5 })).toMatchObject({ changed: false, effective: 'refused', reason: expect.stringContaining(`${empty}-canary has no ready endpoints`) });
    expect(await stage.call<Written>(UPDATE, { route_name: empty, canary_weight: 0 })).toMatchObject({ changed: false, effective: 'proved' });
  });

  test('is refused on a sticky route, but for all or nothing', async () => {
    const sticky = await newRoute('sticky');
    await writeWeights(sticky, (services) => ({ services, sticky: { cookie: { name: 'lb' } } }));
    expect(await stage.call<Written>(UPDATE, { route_name: sticky, canary_weight: 20, take_over: true })).toMatchObject({ changed: false, effective: 'refused', reason: expect.stringContaining('sticky') });
    expect(await stage.call<Written>(UPDATE, { route_name: sticky, canary_weight: 100, take_over: true, confirm: `${NAMESPACE}/${sticky}` })).toMatchObject({ changed: true, effective: 'proved', after: { sticky: true } });
    expect((await stage.call<Distribution>(READ, { route_name: sticky })).reason).toContain('sticky');
  });

  test('is refused where a third Service has a share', async () => {
    const third = await newRoute('third');
    await writeWeights(third, (services) => ({ services: [...services, { name: `${app}-active`, port: 8080, weight: 7, nativeLB: true }] }));
    expect(await stage.call<Written>(UPDATE, { route_name: third, canary_weight: 20, take_over: true })).toMatchObject({ changed: false, effective: 'refused', reason: expect.stringContaining(`${app}-active has weight 7`) });
  });

  test('a running release keeps all three writes off, and is named', async () => {
    const owned = await newRoute('owned');
    await stage.client.mergePatch({ kind: TRAEFIK_SERVICE, namespace: NAMESPACE, name: owned }, { metadata: { annotations: { [OWNER_ANNOTATION]: mark } } });
    for (const [tool, more] of [[UPDATE, { canary_weight: 5 }], [DELETE, {}]] as const) {
      const error = await errorOf(stage.call(tool, { route_name: owned, ...more }));
      expect([error.code, error.details['release_id']]).toEqual(['OWNED_BY_OTHER', 'release/dev/routes/somebody']);
    }
  });
});

describe('proof', () => {
  let route: string;

  beforeAll(async () => {
    route = await newRoute('proof');
  });

  test('one Traefik replica that does not answer is named, and nothing is called proved', async () => {
    const [first = ''] = stage.sandbox.traefikApiUrls;
    const env = { SLUICE_TRAEFIK_API_URLS: `${first},http://127.0.0.1:9` };
    const answer = await stage.call<Written>(UPDATE, { route_name: route, canary_weight: 30 }, { env });
    expect(answer).toMatchObject({ changed: true, effective: 'pending', reason: expect.stringContaining('127.0.0.1:9'), after: { weights: { [`${route}-canary`]: 30 } } });
    expect(answer.reason).not.toContain(new URL(first).host);
    expect(answer.after?.in_force.map(({ error }) => error !== undefined)).toEqual([false, true]);

    const seen = await stage.call<Distribution>(READ, { route_name: route }, { env });
    expect(seen.reason).toContain('127.0.0.1:9');
  });

  test('without any Traefik API only counters can confirm', async () => {
    const answer = await stage.call<Written>(UPDATE, { route_name: route, canary_weight: 31 }, { env: { SLUICE_TRAEFIK_API_URLS: '' } });
    expect(answer).toMatchObject({ changed: true, effective: 'pending', reason: expect.stringContaining('counters'), after: { in_force: [] } });
  });

  test('weights that somebody else writes at the same time are not called proved', async () => {
    const ports = (real: Awaited<ReturnType<RouteStage['ports']>>) => ({
      routes: {
        ...routesOf(real.routes),
        setWeights: async (...args: Parameters<typeof real.routes.setWeights>) => {
          await real.routes.setWeights(...args);
          await writeWeights(route, (services) => ({ services: services.map((one, index) => ({ ...one, weight: index === 0 ? 1 : 99 })) }));
        },
      },
    });
    const answer = await stage.call<Written>(UPDATE, { route_name: route, canary_weight: 5, take_over: true }, { ports });
    expect(answer).toMatchObject({ changed: true, effective: 'pending', reason: expect.stringContaining('somebody else'), after: { weights: { [`${route}-canary`]: 99 } } });
  });

  test('shares that the weights do not explain are told, with the route that makes them', async () => {
    const shared = stage.name('shared');
    const busy = await stage.application('busy', { rps: 60 });
    const answer = await stage.call<Written>(CREATE, { route_name: shared, hostname: stage.host(shared), stable_service: `${busy}-active`, canary_service: `${busy}-preview`, native_lb: true });
    expect(answer.effective).toBe('proved');
    await stage.call(UPDATE, { route_name: shared, canary_weight: 50 });
    const seen = await eventually('enough requests are counted', async () => {
      const now = await stage.call<Distribution>(READ, { route_name: shared });
      return now.agrees === 'too little data' ? undefined : now;
    });
    expect(seen).toMatchObject({ agrees: 'no', reason: expect.stringContaining(`TraefikService ${NAMESPACE}/${busy}`) });

    // Whether anything comes through this one cannot be told from the counters.
    const doubt = await stage.call<Written>(DELETE, { route_name: shared, confirm: `${NAMESPACE}/${shared}` });
    expect(doubt).toMatchObject({ changed: false, effective: 'refused', reason: expect.stringContaining('may be in use'), next: expect.stringContaining('used_elsewhere') });
    const error = await errorOf(stage.call(DELETE, { route_name: shared, used_elsewhere: true }));
    expect([error.code, error.message]).toEqual(['CONFIRMATION_REQUIRED', expect.stringContaining('could not be ruled out')]);
    expect(await stage.call<Written>(DELETE, { route_name: shared, used_elsewhere: true, confirm: `${NAMESPACE}/${shared}` })).toMatchObject({ changed: true, effective: 'proved' });
    expect((await stage.traffic(busy)).failed).toBe(0);
  });

  test('without Prometheus the distribution is told without a measured share', async () => {
    for (const url of ['http://127.0.0.1:9', '']) {
      const seen = await stage.call<Distribution>(READ, { route_name: route }, { env: { SLUICE_PROMETHEUS_URL: url } });
      expect(seen).toMatchObject({ agrees: 'too little data', window_seconds: 0, reason: expect.stringMatching(/nothing is measured: (Prometheus does not answer|No Prometheus is configured)/) });
      expect(seen.services.map(({ share }) => share)).toEqual([undefined, undefined]);
      expect(seen.route.in_force).toHaveLength(2);
    }
  });
});

describe('deleting', () => {
  test('is refused while another IngressRoute or TraefikService leads to it', async () => {
    const used = await newRoute('used');
    const outer = stage.name('outer');
    const manifest = { apiVersion: 'traefik.io/v1alpha1', kind: 'TraefikService', metadata: { name: outer, namespace: NAMESPACE }, spec: { mirroring: { kind: 'TraefikService', name: used, mirrors: [{ name: `${used}-canary`, port: 8080, percent: 1 }] } } };
    await stage.client.apply({ kind: TRAEFIK_SERVICE, namespace: NAMESPACE, name: outer }, manifest, { fieldManager: 'test' });
    const answer = await stage.call<Written>(DELETE, { route_name: used, confirm: `${NAMESPACE}/${used}` });
    expect(answer).toMatchObject({ changed: false, effective: 'refused', reason: expect.stringContaining(`TraefikService ${NAMESPACE}/${outer}`) });
    expect(await stage.exists(INGRESS_ROUTE, used)).toBe(true);
  });

  test('is refused while its IngressRoute has other rules, which would go with it', async () => {
    const mixed = await newRoute('mixed');
    await stage.client.jsonPatch({ kind: INGRESS_ROUTE, namespace: NAMESPACE, name: mixed }, [{ op: 'add', path: '/spec/routes/-', value: { kind: 'Rule', match: 'Host(`other.local`)', services: [{ name: `${mixed}-stable`, port: 8080, nativeLB: true }] } }]);
    expect(await stage.call<Written>(DELETE, { route_name: mixed, confirm: `${NAMESPACE}/${mixed}` })).toMatchObject({ changed: false, effective: 'refused', reason: expect.stringContaining('leads elsewhere too') });
  });

  test('is refused while a configured Prometheus is away, and asks when none is configured', async () => {
    const dark = await newRoute('dark');
    const confirm = `${NAMESPACE}/${dark}`;
    const away = await errorOf(stage.call(DELETE, { route_name: dark, confirm }, { env: { SLUICE_PROMETHEUS_URL: 'http://127.0.0.1:9' } }));
    expect([away.code, away.message]).toEqual(['PROMETHEUS_UNREACHABLE', expect.stringContaining('not known')]);
    const none = await errorOf(stage.call(DELETE, { route_name: dark }, { env: { SLUICE_PROMETHEUS_URL: '' } }));
    expect([none.code, none.message]).toEqual(['CONFIRMATION_REQUIRED', expect.stringContaining('could not be checked: no Prometheus is configured')]);
    expect(await stage.exists(INGRESS_ROUTE, dark)).toBe(true);
  });

  test('that stops half-way tells what is gone, and repeating it finishes', async () => {
    const half = await newRoute('half');
    const confirm = `${NAMESPACE}/${half}`;
    const ports = (real: Awaited<ReturnType<RouteStage['ports']>>) => ({
      routes: { ...routesOf(real.routes), removeTraefikService: async () => Promise.reject(new SluiceError('CLUSTER_UNREACHABLE', 'the API server went away')) },
    });
    const error = await errorOf(stage.call(DELETE, { route_name: half, confirm }, { ports }));
    expect([error.code, error.message]).toEqual(['CLUSTER_UNREACHABLE', expect.stringMatching(/^IngressRoute \S+ is deleted, TraefikService \S+ is not/)]);
    expect([await stage.exists(INGRESS_ROUTE, half), await stage.exists(TRAEFIK_SERVICE, half)]).toEqual([false, true]);

    expect(await stage.call<Written>(DELETE, { route_name: half, confirm })).toMatchObject({ changed: true, effective: 'proved' });
    expect(await stage.exists(TRAEFIK_SERVICE, half)).toBe(false);
  });
});

/** The port's methods, bound: the deferred port is a proxy without own properties. */
function routesOf<Port extends object>(port: Port): Port {
  const names = ['read', 'served', 'links', 'service', 'create', 'setWeights', 'findIngressRoute', 'removeIngressRoute', 'removeTraefikService'];
  return Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => (port as Record<string, (...all: unknown[]) => unknown>)[name]?.(...args)])) as Port;
}
