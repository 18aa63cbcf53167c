import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { TRAEFIK_SERVICE } from '../../src/adapters/kubernetes/kinds.ts';
import { OWNER_ANNOTATION } from '../../src/adapters/kubernetes/owner-mark.ts';
import type { SluiceError } from '../../src/domain/errors.ts';
import { codeOf, CREATE, DELETE, errorOf, NAMESPACE, READ, RouteStage, UPDATE } from '../support/route-stage.ts';
import type { Distribution, Written } from '../support/route-stage.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// Pods start, Traefik takes changes in every 2 s, counters need seconds.
jest.setTimeout(300_000);

const mark = JSON.stringify({ release_id: 'release/dev/routes/somebody', run_id: '1' });

let stage: RouteStage;
/** Pods for the Services of all routes here. */
let app: string;

beforeAll(async () => {
  stage = new RouteStage(await sharedSandbox());
  app = await stage.application('pods');
}, 900_000);

afterAll(() => stage.close(), 200_000);

describe('changing weights', () => {
  let route: string;

  beforeAll(async () => {
    route = await stage.newRoute('weights', app);
  });

  test('step: true goes on by TRAEFIK_DEFAULT_WEIGHT_STEP', async () => {
    await stage.call(UPDATE, { route_name: route, canary_weight: 0 });
    expect(await stage.call<Written>(UPDATE, { route_name: route, step: true })).toMatchObject({
      after: { weights: { [`${route}-canary`]: 10 } },
    });
    expect(
      await stage.call<Written>(
        UPDATE,
        { route_name: route, step: true },
        { env: { TRAEFIK_DEFAULT_WEIGHT_STEP: '35' } },
      ),
    ).toMatchObject({ after: { weights: { [`${route}-stable`]: 55, [`${route}-canary`]: 45 } } });
  });

  test('everything to the canary needs confirm, and back to stable does not', async () => {
    const error = await errorOf(stage.call(UPDATE, { route_name: route, stable_weight: 0, canary_weight: 100 }));
    expect([error.code, error.details]).toEqual(['CONFIRMATION_REQUIRED', { confirm: `${NAMESPACE}/${route}` }]);
    expect(
      await stage.call<Written>(UPDATE, { route_name: route, canary_weight: 100, confirm: `${NAMESPACE}/${route}` }),
    ).toMatchObject({ changed: true, effective: 'proved' });
    expect(await stage.call<Written>(UPDATE, { route_name: route, canary_weight: 0 })).toMatchObject({
      changed: true,
      effective: 'proved',
    });
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
    const input = { route_name: app, canary_weight: 5 };
    const error = await errorOf(stage.call(UPDATE, input));
    expect([error.code, error.details]).toEqual(['FIELD_CONFLICT', { managers: ['sluice-sandbox'] }]);
    expect(await stage.call<Written>(UPDATE, { ...input, take_over: true })).toMatchObject({
      changed: true,
      effective: 'proved',
    });
    expect(await stage.call<Written>(UPDATE, { ...input, canary_weight: 0 })).toMatchObject({
      changed: true,
      effective: 'proved',
    });
  });

  test("what a release's workflow patched is not a foreign manager's", async () => {
    const own = await stage.newRoute('own', app);
    const { split: traffic } = await stage.ports({});
    const ref = { cluster: stage.sandbox.context, namespace: NAMESPACE, name: own };
    const owner = { releaseId: 'release/a', runId: '1' };
    await traffic.claim(ref, owner);
    await traffic.setWeight(ref, { stable: `${own}-stable`, candidate: `${own}-canary` }, 40, owner);
    await traffic.unclaim(ref, owner);

    expect(await stage.call<Written>(UPDATE, { route_name: own, canary_weight: 20 })).toMatchObject({
      changed: true,
      effective: 'proved',
      before: { weights: { [`${own}-canary`]: 40 } },
    });
  });

  test('two calls at once leave one of the two splits, never a mixture', async () => {
    const both = await Promise.allSettled(
      [15, 65].map((weight) => stage.call(UPDATE, { route_name: route, canary_weight: weight })),
    );
    const { route: now } = await stage.call<Distribution>(READ, { route_name: route });
    expect(both.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    for (const one of both) if (one.status === 'rejected') expect((one.reason as SluiceError).code).toBe('CONFLICT');
    expect([15, 65]).toContain(now.weights[`${route}-canary`]);
    expect(now.weights[`${route}-stable`]).toBe(100 - (now.weights[`${route}-canary`] ?? 0));
  });

  test('an account that may only read is told so, and nothing is written', async () => {
    const env = { SLUICE_KUBECONFIG: `${stage.sandbox.kubeconfig}-viewer` };
    const now = (await stage.object(TRAEFIK_SERVICE, route)).metadata.resourceVersion;
    expect(await codeOf(stage.call(UPDATE, { route_name: route, canary_weight: 33 }, { env }))).toBe('FORBIDDEN');
    expect((await stage.call<Distribution>(READ, { route_name: route }, { env })).route.resource_version).toBe(now);
  });

  test('is refused where Argo writes the weights', async () => {
    const argo = await stage.application('argo', { strategy: 'canary', steps: [20] });
    const answer = await stage.call<Written>(UPDATE, { route_name: argo, canary_weight: 50, take_over: true });
    expect(answer).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining(`Rollout ${argo}`),
      next: expect.stringContaining('argo_promote_rollout'),
      before: { rollout: argo },
    });
    expect(answer.after).toEqual(answer.before);

    await stage.startCanary(argo, 'shop:v2');
    expect(await stage.call<Distribution>(READ, { route_name: argo })).toMatchObject({
      argo_weight: 20,
      route: { rollout: argo },
      services: [{ wanted: 80 }, { wanted: 20 }],
    });
    const { services } = await stage.call<Distribution>(READ, { route_name: argo });
    expect(services[0]?.version).not.toBe(services[1]?.version);
    expect(await stage.call<Written>(DELETE, { route_name: argo })).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining(`Rollout ${argo}`),
    });
  });

  test('is refused where users would be answered with 503', async () => {
    const empty = stage.name('empty');
    await stage.service(`${empty}-stable`, { app });
    await stage.service(`${empty}-canary`, { app: 'nobody' });
    await stage.call(CREATE, { route_name: empty, hostname: stage.host(empty), native_lb: true });
    expect(await stage.call<Written>(UPDATE, { route_name: empty, canary_weight: 5 })).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining(`${empty}-canary has no ready endpoints`),
    });
    expect(await stage.call<Written>(UPDATE, { route_name: empty, canary_weight: 0 })).toMatchObject({
      changed: false,
      effective: 'proved',
    });
  });

  test('is refused on a sticky route, but for all or nothing', async () => {
    const sticky = await stage.newRoute('sticky', app);
    await stage.writeWeights(sticky, (services) => ({ services, sticky: { cookie: { name: 'lb' } } }));
    expect(await stage.call<Written>(UPDATE, { route_name: sticky, canary_weight: 20, take_over: true })).toMatchObject(
      { changed: false, effective: 'refused', reason: expect.stringContaining('sticky') },
    );
    expect(
      await stage.call<Written>(UPDATE, {
        route_name: sticky,
        canary_weight: 100,
        take_over: true,
        confirm: `${NAMESPACE}/${sticky}`,
      }),
    ).toMatchObject({ changed: true, effective: 'proved', after: { sticky: true } });
    expect((await stage.call<Distribution>(READ, { route_name: sticky })).reason).toContain('sticky');
  });

  test('is refused where a third Service has a share', async () => {
    const third = await stage.newRoute('third', app);
    await stage.writeWeights(third, (services) => ({
      services: [...services, { name: `${app}-active`, port: 8080, weight: 7, nativeLB: true }],
    }));
    expect(await stage.call<Written>(UPDATE, { route_name: third, canary_weight: 20, take_over: true })).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining(`${app}-active has weight 7`),
    });
  });

  test('a running release keeps all three writes off, and is named', async () => {
    const owned = await stage.newRoute('owned', app);
    await stage.client.mergePatch(
      { kind: TRAEFIK_SERVICE, namespace: NAMESPACE, name: owned },
      { metadata: { annotations: { [OWNER_ANNOTATION]: mark } } },
    );
    for (const [tool, more] of [
      [UPDATE, { canary_weight: 5 }],
      [DELETE, {}],
    ] as const) {
      const error = await errorOf(stage.call(tool, { route_name: owned, ...more }));
      expect([error.code, error.details['release_id']]).toEqual(['OWNED_BY_OTHER', 'release/dev/routes/somebody']);
    }
  });
});
