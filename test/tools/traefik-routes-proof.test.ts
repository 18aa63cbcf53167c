import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { INGRESS_ROUTE, TRAEFIK_SERVICE } from '../../src/adapters/kubernetes/kinds.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { eventually } from '../support/releases-wait.ts';
import {
  codeOf,
  CREATE,
  DELETE,
  errorOf,
  NAMESPACE,
  READ,
  RouteStage,
  routesOf,
  UPDATE,
} from '../support/route-stage.ts';
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

describe('proof', () => {
  let route: string;

  beforeAll(async () => {
    route = await stage.newRoute('proof', app);
  });

  test('one Traefik replica that does not answer is named, and nothing is called proved', async () => {
    const [first = ''] = stage.sandbox.traefikApiUrls;
    const env = { SLUICE_TRAEFIK_API_URLS: `${first},http://127.0.0.1:9` };
    const answer = await stage.call<Written>(UPDATE, { route_name: route, canary_weight: 30 }, { env });
    expect(answer).toMatchObject({
      changed: true,
      effective: 'pending',
      reason: expect.stringContaining('127.0.0.1:9'),
      after: { weights: { [`${route}-canary`]: 30 } },
    });
    expect(answer.reason).not.toContain(new URL(first).host);
    expect(answer.after?.in_force.map(({ error }) => error !== undefined)).toEqual([false, true]);

    const seen = await stage.call<Distribution>(READ, { route_name: route }, { env });
    expect(seen.reason).toContain('127.0.0.1:9');
  });

  test('without any Traefik API only counters can confirm', async () => {
    const answer = await stage.call<Written>(
      UPDATE,
      { route_name: route, canary_weight: 31 },
      { env: { SLUICE_TRAEFIK_API_URLS: '' } },
    );
    expect(answer).toMatchObject({
      changed: true,
      effective: 'pending',
      reason: expect.stringContaining('counters'),
      after: { in_force: [] },
    });
  });

  test('a write whose answer is lost is found done, and one that did not happen is not claimed', async () => {
    const lost = new SluiceError('CLUSTER_UNREACHABLE', 'no answer');
    const ports = (written: boolean) => (real: Awaited<ReturnType<RouteStage['ports']>>) => ({
      routes: {
        ...routesOf(real.routes),
        setWeights: async (...args: Parameters<typeof real.routes.setWeights>) => {
          if (written) await real.routes.setWeights(...args);
          throw lost;
        },
      },
    });
    expect(
      await stage.call<Written>(UPDATE, { route_name: route, canary_weight: 40 }, { ports: ports(true) }),
    ).toMatchObject({ changed: true, effective: 'proved', after: { weights: { [`${route}-canary`]: 40 } } });
    expect(await codeOf(stage.call(UPDATE, { route_name: route, canary_weight: 41 }, { ports: ports(false) }))).toBe(
      'CLUSTER_UNREACHABLE',
    );
  });

  test('weights that somebody else writes at the same time are not called proved', async () => {
    const ports = (real: Awaited<ReturnType<RouteStage['ports']>>) => ({
      routes: {
        ...routesOf(real.routes),
        setWeights: async (...args: Parameters<typeof real.routes.setWeights>) => {
          await real.routes.setWeights(...args);
          await stage.writeWeights(route, (services) => ({
            services: services.map((one, index) => ({ ...one, weight: index === 0 ? 1 : 99 })),
          }));
        },
      },
    });
    const answer = await stage.call<Written>(
      UPDATE,
      { route_name: route, canary_weight: 5, take_over: true },
      { ports },
    );
    expect(answer).toMatchObject({
      changed: true,
      effective: 'pending',
      reason: expect.stringContaining('somebody else'),
      after: { weights: { [`${route}-canary`]: 99 } },
    });
  });

  test('shares that the weights do not explain are told, with the route that makes them', async () => {
    const shared = stage.name('shared');
    const busy = await stage.application('busy', { rps: 60 });
    const answer = await stage.call<Written>(CREATE, {
      route_name: shared,
      hostname: stage.host(shared),
      stable_service: `${busy}-active`,
      canary_service: `${busy}-preview`,
      native_lb: true,
    });
    expect(answer.effective).toBe('proved');
    await stage.call(UPDATE, { route_name: shared, canary_weight: 50 });
    const seen = await eventually('enough requests are counted', async () => {
      const now = await stage.call<Distribution>(READ, { route_name: shared });
      return now.agrees === 'too little data' ? undefined : now;
    });
    expect(seen).toMatchObject({
      agrees: 'no',
      reason: expect.stringContaining(`TraefikService ${NAMESPACE}/${busy}`),
    });

    // Whether anything comes through this one cannot be told from the counters.
    const doubt = await stage.call<Written>(DELETE, { route_name: shared, confirm: `${NAMESPACE}/${shared}` });
    expect(doubt).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('may be in use'),
      next: expect.stringContaining('used_elsewhere'),
    });
    const error = await errorOf(stage.call(DELETE, { route_name: shared, used_elsewhere: true }));
    expect([error.code, error.message]).toEqual([
      'CONFIRMATION_REQUIRED',
      expect.stringContaining('could not be ruled out'),
    ]);
    expect(
      await stage.call<Written>(DELETE, {
        route_name: shared,
        used_elsewhere: true,
        confirm: `${NAMESPACE}/${shared}`,
      }),
    ).toMatchObject({ changed: true, effective: 'proved' });
    expect((await stage.traffic(busy)).failed).toBe(0);
  });

  test('without Prometheus the distribution is told without a measured share', async () => {
    for (const url of ['http://127.0.0.1:9', '']) {
      const seen = await stage.call<Distribution>(READ, { route_name: route }, { env: { SLUICE_PROMETHEUS_URL: url } });
      expect(seen).toMatchObject({
        agrees: 'too little data',
        window_seconds: 0,
        reason: expect.stringMatching(/nothing is measured: (Prometheus does not answer|No Prometheus is configured)/),
      });
      expect(seen.services.map(({ share }) => share)).toEqual([undefined, undefined]);
      expect(seen.route.in_force).toHaveLength(2);
    }
  });
});

describe('deleting', () => {
  test('is refused while another IngressRoute or TraefikService leads to it', async () => {
    const used = await stage.newRoute('used', app);
    const outer = stage.name('outer');
    const manifest = {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'TraefikService',
      metadata: { name: outer, namespace: NAMESPACE },
      spec: {
        mirroring: {
          kind: 'TraefikService',
          name: used,
          mirrors: [{ name: `${used}-canary`, port: 8080, percent: 1 }],
        },
      },
    };
    await stage.client.apply({ kind: TRAEFIK_SERVICE, namespace: NAMESPACE, name: outer }, manifest, {
      fieldManager: 'test',
    });
    const answer = await stage.call<Written>(DELETE, { route_name: used, confirm: `${NAMESPACE}/${used}` });
    expect(answer).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining(`TraefikService ${NAMESPACE}/${outer}`),
    });
    expect(await stage.exists(INGRESS_ROUTE, used)).toBe(true);
  });

  test('is refused while its IngressRoute has other rules, which would go with it', async () => {
    const mixed = await stage.newRoute('mixed', app);
    await stage.client.jsonPatch({ kind: INGRESS_ROUTE, namespace: NAMESPACE, name: mixed }, [
      {
        op: 'add',
        path: '/spec/routes/-',
        value: {
          kind: 'Rule',
          match: 'Host(`other.local`)',
          services: [{ name: `${mixed}-stable`, port: 8080, nativeLB: true }],
        },
      },
    ]);
    expect(await stage.call<Written>(DELETE, { route_name: mixed, confirm: `${NAMESPACE}/${mixed}` })).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('leads elsewhere too'),
    });
  });

  test('is refused while a configured Prometheus is away, and asks when none is configured', async () => {
    const dark = await stage.newRoute('dark', app);
    const confirm = `${NAMESPACE}/${dark}`;
    const away = await errorOf(
      stage.call(DELETE, { route_name: dark, confirm }, { env: { SLUICE_PROMETHEUS_URL: 'http://127.0.0.1:9' } }),
    );
    expect([away.code, away.message]).toEqual(['PROMETHEUS_UNREACHABLE', expect.stringContaining('not known')]);
    const none = await errorOf(stage.call(DELETE, { route_name: dark }, { env: { SLUICE_PROMETHEUS_URL: '' } }));
    expect([none.code, none.message]).toEqual([
      'CONFIRMATION_REQUIRED',
      expect.stringContaining('could not be checked: no Prometheus is configured'),
    ]);
    expect(await stage.exists(INGRESS_ROUTE, dark)).toBe(true);
  });

  test('that stops half-way tells what is gone, and repeating it finishes', async () => {
    const half = await stage.newRoute('half', app);
    const confirm = `${NAMESPACE}/${half}`;
    const ports = (real: Awaited<ReturnType<RouteStage['ports']>>) => ({
      routes: {
        ...routesOf(real.routes),
        removeTraefikService: async () =>
          Promise.reject(new SluiceError('CLUSTER_UNREACHABLE', 'the API server went away')),
      },
    });
    const error = await errorOf(stage.call(DELETE, { route_name: half, confirm, used_elsewhere: true }, { ports }));
    expect([error.code, error.message]).toEqual([
      'CLUSTER_UNREACHABLE',
      expect.stringMatching(/^IngressRoute \S+ is deleted, TraefikService \S+ is not/),
    ]);
    expect([await stage.exists(INGRESS_ROUTE, half), await stage.exists(TRAEFIK_SERVICE, half)]).toEqual([false, true]);

    expect(await stage.call<Written>(DELETE, { route_name: half, confirm })).toMatchObject({
      changed: true,
      effective: 'proved',
    });
    expect(await stage.exists(TRAEFIK_SERVICE, half)).toBe(false);
  });
});
