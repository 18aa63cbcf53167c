import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ConversionStage, PLACE, ROUTE_ENTRY, shop } from '../../support/conversion-stage.ts';
import type { StoredObject } from '../../support/fake-cluster.ts';

// The proxies get some seconds after each move.
jest.setTimeout(60_000);

const MARK = { 'sluice.dev/owner': JSON.stringify({ release_id: 'release/prod/shop/web', run_id: 'r1' }) };
const scaler = (target: object, metadata: object = {}) => ({
  kind: 'HorizontalPodAutoscaler',
  metadata: metadata as never,
  spec: { maxReplicas: 5, scaleTargetRef: target },
});
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

let stage: ConversionStage;
beforeEach(() => {
  stage = new ConversionStage();
});

const refusal = (action = 'deployment', more: object = {}) =>
  stage.planned(action, more).then(
    () => Promise.reject(new Error('it was accepted')),
    (error: { code: string; message: string; next: string }) => error,
  );
const routes = (object: StoredObject) => object.spec['routes'] as { match: string; services: object[] }[];
const objectsOf = (plan: unknown) =>
  (plan as { objects: { what: string; kind: string; name: string }[] }).objects.map(
    ({ what, kind, name }) => `${what} ${kind} ${name}`,
  );

test('a plan shows the writes in their order, and writes nothing', async () => {
  const before = stage.state();

  const plan = await stage.planned('deployment', { weights: [10, 50] });

  expect(objectsOf(plan)).toEqual([
    'create Service web-canary',
    'create TraefikService web',
    'create Rollout web',
    'change IngressRoute web',
    'change Deployment web',
  ]);
  expect(stage.state()).toEqual(before);
});

test('the Rollout takes the template, the pods and the requests of the Deployment, and gives them back', async () => {
  stage.add('horizontalpodautoscalers', 'shop', 'web', scaler(DEPLOYMENT));
  const before = stage.state();

  expect(await stage.converted({ weights: [10, 50] })).toMatchObject({ changed: true, effective: 'proved' });

  expect(stage.state()).toMatchObject({
    'rollouts/web': {
      spec: {
        replicas: 3,
        workloadRef: DEPLOYMENT,
        strategy: {
          canary: {
            stableService: 'web',
            canaryService: 'web-canary',
            trafficRouting: { traefik: { weightedTraefikServiceName: 'web' } },
            steps: [{ setWeight: 10 }, { pause: {} }, { setWeight: 50 }, { pause: {} }],
          },
        },
      },
    },
    'services/web-canary': { spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }] } },
    'traefikservices/web': {
      spec: {
        weighted: {
          services: [
            { ...ROUTE_ENTRY, weight: 100 },
            { ...ROUTE_ENTRY, name: 'web-canary', weight: 0 },
          ],
        },
      },
    },
    'ingressroutes/web': { spec: { routes: [{ services: [{ name: 'web', kind: 'TraefikService' }] }] } },
    'deployments/web': { spec: { replicas: 0 } },
    'horizontalpodautoscalers/web': { spec: { scaleTargetRef: { kind: 'Rollout', name: 'web' } } },
  });
  expect(await stage.back()).toMatchObject({ changed: true, effective: 'proved' });
  expect(stage.state()).toEqual(before);
});

/** Lets so many writes pass. The one after them fails before it is done, as do all others of this call. */
function breakAfter(one: ConversionStage, writes: number): () => void {
  const { cluster } = one;
  const real = {
    apply: cluster.apply,
    jsonPatch: cluster.jsonPatch,
    mergePatch: cluster.mergePatch,
    remove: cluster.remove,
  };
  let left = writes;
  for (const [name, method] of Object.entries(real)) {
    Reflect.set(cluster, name, (...args: [never, never, { dryRun?: boolean }?]) => {
      if (!args[2]?.dryRun && (left -= 1) < 0) throw new Error('the process was killed');
      return (method as (...all: unknown[]) => unknown).apply(cluster, args);
    });
  }
  return () => Object.assign(cluster, real);
}

test.each(['converted', 'back'] as const)(
  'killed before any write, a further %s goes on to the same end',
  async (way) => {
    const ends = (way === 'back' ? [0, 1, 2, 3, 4, 5] : [0, 1, 2, 3, 4]).map(async (writes) => {
      const one = new ConversionStage();
      if (way === 'back') await one.converted();
      const mend = breakAfter(one, writes);
      await expect(one[way]()).rejects.toThrow('the process was killed');
      mend();
      expect(await one[way]()).toMatchObject({ changed: true, effective: 'proved' });
      return one.state();
    });

    const whole = new ConversionStage();
    await whole.converted();
    if (way === 'back') await whole.back();
    for (const end of await Promise.all(ends)) expect(end).toEqual(whole.state());
  },
);

test('a conversion that stopped half-way is undone as well', async () => {
  const before = stage.state();
  const mend = breakAfter(stage, 3);
  await expect(stage.converted()).rejects.toThrow('killed');
  mend();

  expect(await stage.back()).toMatchObject({ changed: true, effective: 'proved' });
  expect(stage.state()).toEqual(before);
});

test('a Service that Argo does not give back is given back by the next call', async () => {
  const before = stage.state();
  await stage.converted();
  stage.change('rollouts', ({ spec }) => void (spec['strategy'] = { canary: {} }));
  stage.change(
    'services',
    ({ spec }) => void Object.assign(spec['selector'] as object, { 'rollouts-pod-template-hash': 'h1' }),
  );

  expect(objectsOf(await stage.planned('back'))).toContain('change Service web');
  await stage.back();
  expect(stage.state()).toEqual(before);
});

test('a write whose objects have moved since its plan is refused', async () => {
  const { digest } = await stage.planned('deployment');
  stage.change('deployments', ({ spec }) => void (spec['replicas'] = 4));

  await expect(stage.call('convert_deployment', { ...PLACE, digest })).rejects.toMatchObject({
    code: 'PLAN_CHANGED',
  });
});

test('nothing is scaled down while the Rollout is not Healthy', async () => {
  const { digest } = await stage.planned('deployment', { wait: '1s' });
  stage.argo.phase = 'Degraded';

  expect(await stage.call('convert_deployment', { ...PLACE, wait: '1s', digest })).toMatchObject({
    effective: 'pending',
    reason: expect.stringMatching(/Rollout shop\/web: its phase is Degraded.*Deployment shop\/web was not written/),
    next: expect.stringContaining('convert_plan'),
  });
  expect(stage.cluster.peek(shop('deployments')).spec['replicas']).toBe(3);
});

test('what stays as it is, and what reaches the stable version only, is said', async () => {
  stage.add('services', 'shop', 'web-metrics', {
    kind: 'Service',
    spec: { selector: { app: 'web' }, ports: [{ port: 9090 }] },
  });
  const named = { backend: { service: { name: 'web', port: { number: 80 } } } };
  stage.add('ingresses', 'shop', 'old', { kind: 'Ingress', spec: { rules: [{ http: { paths: [named] } }] } });
  stage.add('poddisruptionbudgets', 'shop', 'web', {
    kind: 'PodDisruptionBudget',
    spec: { selector: { matchLabels: { app: 'web' } } },
  });

  const text = await stage.shown('convert_plan', { action: 'deployment', ...PLACE });

  expect(text).toContain('Service shop/web-metrics selects the pods of both versions, also during a release.');
  expect(text).toContain('Ingress shop/old leads to Service shop/web, and so to the stable version only.');
  expect(text).toContain('PodDisruptionBudget shop/web counts the pods of the Deployment and of the Rollout together.');
});

describe('a Deployment is refused', () => {
  const CASES: readonly [string, string, RegExp, RegExp, () => void][] = [
    ['that does not exist', 'OBJECT_NOT_FOUND', /Deployment/, /./, () => stage.cluster.delete(shop('deployments'))],
    [
      'without pods',
      'NOT_APPLICABLE',
      /has no pods/,
      /spec.replicas/,
      () => stage.change('deployments', ({ spec }) => void (spec['replicas'] = 0)),
    ],
    [
      'that is paused',
      'NOT_APPLICABLE',
      /is paused/,
      /spec.paused: false/,
      () => stage.change('deployments', ({ spec }) => void (spec['paused'] = true)),
    ],
    [
      'without a Service',
      'NOT_APPLICABLE',
      /No Service/,
      /spec.selector {"app":"web"}/,
      () => stage.cluster.delete(shop('services')),
    ],
    [
      'without a route',
      'NOT_APPLICABLE',
      /No IngressRoute/,
      /\[{"name":"web","port":80}\]/,
      () => stage.cluster.delete(shop('ingressroutes')),
    ],
    [
      'beside a Rollout of its name',
      'ALREADY_EXISTS',
      /Rollout shop\/web exists/,
      /argo_delete_rollout/,
      () => void stage.add('rollouts', 'shop', 'web', { kind: 'Rollout', spec: { strategy: { canary: {} } } }),
    ],
    [
      'that another Rollout refers to',
      'NOT_APPLICABLE',
      /Rollout shop\/other takes its template/,
      /release_plan/,
      () =>
        void stage.add('rollouts', 'shop', 'other', {
          kind: 'Rollout',
          spec: { workloadRef: DEPLOYMENT, strategy: { canary: {} } },
        }),
    ],
    [
      'with a TraefikService of its name',
      'ALREADY_EXISTS',
      /TraefikService shop\/web/,
      /k8s_get/,
      () => void stage.add('traefikservices', 'shop', 'web', { kind: 'TraefikService', spec: {} }),
    ],
    [
      'whose Service another Deployment needs',
      'NOT_APPLICABLE',
      /also leads to the pods of Deployment shop\/api/,
      /spec.selector/,
      () =>
        void stage.add('deployments', 'shop', 'api', {
          kind: 'Deployment',
          spec: { template: { metadata: { labels: { app: 'web', part: 'api' } } } },
        }),
    ],
    [
      'that a controller makes',
      'NOT_APPLICABLE',
      /is made by Shop web/,
      /Shop web/,
      () =>
        stage.change(
          'deployments',
          ({ metadata }) =>
            void Object.assign(metadata, {
              ownerReferences: [{ kind: 'Shop', name: 'web', uid: 'u', controller: true }],
            }),
        ),
    ],
    [
      'whose autoscaler is made from another object',
      'NOT_APPLICABLE',
      /ScaledObject web/,
      /spec.scaleTargetRef of ScaledObject web/,
      () =>
        void stage.add(
          'horizontalpodautoscalers',
          'shop',
          'web',
          scaler(DEPLOYMENT, { ownerReferences: [{ kind: 'ScaledObject', name: 'web', uid: 'u', controller: true }] }),
        ),
    ],
    [
      'whose rule has several Services',
      'NOT_APPLICABLE',
      /divides the requests of Host\(`web`\) among 2/,
      /Leave one entry/,
      () => stage.change('ingressroutes', (object) => void routes(object)[0]?.services.push({ name: 'old', port: 80 })),
    ],
    [
      'whose rule names a port that is not there',
      'NOT_APPLICABLE',
      /the port grpc/,
      /Correct the port/,
      () =>
        stage.change(
          'ingressroutes',
          (object) => void Object.assign(routes(object)[0]?.services[0] ?? {}, { port: 'grpc' }),
        ),
    ],
    [
      'whose rules differ',
      'NOT_APPLICABLE',
      /One TraefikService has one way/,
      /Make the two entries equal/,
      () =>
        stage.change(
          'ingressroutes',
          (object) =>
            void routes(object).push({ match: 'Host(`other`)', services: [{ ...ROUTE_ENTRY, scheme: 'https' }] }),
        ),
    ],
  ];

  test.each(CASES)('%s', async (_, code, message, next, arrange) => {
    arrange();
    const before = stage.state();

    const refused = await refusal();

    expect(refused.code).toBe(code);
    expect(refused.message).toMatch(message);
    expect(refused.next).toMatch(next);
    expect(stage.state()).toEqual(before);
  });
});

describe('of two Services with routes', () => {
  beforeEach(() => {
    stage.add('services', 'shop', 'api', {
      kind: 'Service',
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    });
    stage.change(
      'ingressroutes',
      (object) => void routes(object).push({ match: 'Host(`api`)', services: [{ name: 'api', port: 80 }] }),
    );
  });

  test('the caller names one', async () => {
    expect(await refusal()).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('by web, api') });
    expect(objectsOf(await stage.planned('deployment', { service: 'api' }))).toContain('create Service api-canary');
  });

  test('a name of none is refused with those that fit', async () => {
    expect(await refusal('deployment', { service: 'shop' })).toMatchObject({
      code: 'SERVICE_NOT_FOUND',
      next: expect.stringContaining('web, api'),
    });
  });
});

test('a port by its number is the same as by its name', async () => {
  stage.change(
    'ingressroutes',
    (object) => void routes(object).push({ match: 'Host(`two`)', services: [{ ...ROUTE_ENTRY, port: 80 }] }),
  );

  expect(objectsOf(await stage.planned('deployment'))).toContain('change IngressRoute web');
});

test('what Flux manages needs a reason', async () => {
  stage.change(
    'deployments',
    ({ metadata }) => void (metadata.labels = { 'kustomize.toolkit.fluxcd.io/name': 'apps' }),
  );
  const { digest, needs_reason: needsReason } = (await stage.planned('deployment')) as {
    digest: string;
    needs_reason: boolean;
  };

  expect(needsReason).toBe(true);
  await expect(stage.call('convert_deployment', { ...PLACE, digest })).rejects.toMatchObject({
    code: 'REASON_REQUIRED',
  });
});

test('without a conversion there is no way back', async () => {
  expect(await refusal('back')).toMatchObject({
    code: 'NOT_APPLICABLE',
    message: expect.stringContaining('is not converted'),
  });
});

test('there is no way back without a confirmation, in the middle of an update, after an abort, and while a release runs', async () => {
  await stage.converted();
  const { digest } = await stage.planned('back');
  await expect(stage.call('convert_back', { ...PLACE, digest })).rejects.toMatchObject({
    code: 'CONFIRMATION_REQUIRED',
    message: expect.stringContaining('It deletes Rollout shop/web, TraefikService shop/web, Service shop/web-canary.'),
  });

  stage.argo.currentPodHash = 'h2';
  stage.change('rollouts', ({ spec }) => void (spec['replicas'] = 4));
  expect(await refusal('back')).toMatchObject({
    code: 'NOT_APPLICABLE',
    message: expect.stringContaining('in the middle of an update (h1 to h2)'),
  });

  stage.argo.abort = true;
  stage.change('rollouts', ({ spec }) => void (spec['replicas'] = 3));
  expect(await refusal('back')).toMatchObject({
    message: expect.stringContaining('was aborted'),
    next: expect.stringContaining('argo_update_rollout_image'),
  });

  stage.argo = { ...stage.argo, currentPodHash: 'h1', abort: false };
  stage.change('rollouts', ({ metadata }) => void Object.assign(metadata.annotations ?? {}, MARK));
  expect(await refusal('back')).toMatchObject({
    code: 'OWNED_BY_OTHER',
    message: expect.stringContaining('release/prod/shop/web'),
  });
});
