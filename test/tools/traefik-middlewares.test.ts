import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { INGRESS_ROUTE, MIDDLEWARE, ROLLOUT, SERVICE, TRAEFIK_SERVICE } from '../../src/adapters/kubernetes/kinds.ts';
import { OWNER_ANNOTATION } from '../../src/adapters/kubernetes/owner-mark.ts';
import { createEvidence } from '../../src/evidence/prometheus/evidence.ts';
import { countArms } from '../../src/domain/analysis/increase.ts';
import { metricsServiceName } from '../../src/domain/route/names.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';
import { type Answer, NAMESPACE, TraefikTools } from '../support/traefik-tools.ts';

// Pods start, Traefik takes changes over within 2 s, breakers wait: seconds each.
jest.setTimeout(300_000);

interface Written {
  readonly changed: boolean;
  readonly effective: string;
  readonly reason: string;
  readonly after?: {
    readonly attached_to: string[];
    readonly in_force: { replica: string; loaded: boolean; used_by: string[] }[];
  };
}

let tools: TraefikTools;

beforeAll(async () => {
  tools = new TraefikTools(await sharedSandbox());
}, 900_000);

afterAll(() => tools.close(), 200_000);

const codeOf = async (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  );
const count = (answers: readonly Answer[], wanted: Partial<Answer>) =>
  answers.filter((one) => Object.entries(wanted).every(([key, value]) => one[key as keyof Answer] === value)).length;

async function sendFor(ms: number, host: string, everyMs = 8): Promise<Answer[]> {
  const answers: Promise<Answer>[] = [];
  for (const until = Date.now() + ms; Date.now() < until; ) {
    answers.push(tools.send(host));
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return Promise.all(answers);
}

test('a circuit breaker cuts a canary that fails, never stable, and lets it come back; Argo keeps it when it writes weights', async () => {
  const app = await tools.application('breaker', { steps: [40, 60] });
  const middleware = `${app}-breaker`;
  const input = {
    route_name: app,
    middleware_name: middleware,
    threshold: 0.3,
    fallback_duration: '4s',
    recovery_duration: '1s',
    response_code: 530,
    take_over: true,
  };
  const made = await tools.call<Written>('traefik_add_circuit_breaker', input);

  expect(made).toMatchObject({ changed: true, effective: 'proved', after: { attached_to: [`Service ${app}-canary`] } });
  expect(made.after?.in_force.map(({ loaded, used_by }) => ({ loaded, used_by }))).toEqual([
    { loaded: true, used_by: [`Service ${app}-canary`] },
    { loaded: true, used_by: [`Service ${app}-canary`] },
  ]);

  // Argo puts weight 40 into the object that now holds the breaker.
  await tools.startCanary(app, 'shop:v2-errors-100', 40);
  const kept = (await tools.client.get({ kind: TRAEFIK_SERVICE, namespace: NAMESPACE, name: app })) as {
    spec: { weighted: { services: object[] } };
  };
  expect(kept.spec.weighted.services).toMatchObject([
    { name: `${app}-stable`, weight: 60 },
    { name: `${app}-canary`, weight: 40, middlewares: [{ name: middleware }] },
  ]);

  await eventually('both replicas serve weight 40', async () =>
    (await Promise.all(tools.sandbox.traefikApiUrls.map((url) => servedWeights(url, app)))).every(
      (weights) => weights === '60,40',
    )
      ? true
      : undefined,
  );
  const cut = await sendFor(4_000, app);
  const stable = count(cut, { version: 'v1' });
  expect(count(cut, { version: 'v1', status: 200 })).toBe(stable);
  expect(stable / cut.length).toBeGreaterThan(0.55);
  expect(stable / cut.length).toBeLessThan(0.65);
  // Open: the breaker answers by itself for the canary's share.
  expect(count(cut, { status: 530, version: undefined })).toBeGreaterThan(cut.length * 0.25);
  expect(cut.length - stable).toBe(
    count(cut, { status: 530, version: undefined }) + count(cut, { version: 'v2-errors-100', status: 500 }),
  );

  // What the breaker answers is counted for no service: a judge of the canary's counters does not see it.
  const metrics = createEvidence({ url: tools.sandbox.prometheusUrl });
  for (const service of [`${app}-canary`, `${app}-stable`]) {
    const { requests } = await metrics.counters(metricsServiceName(NAMESPACE, service, '8080'), {
      fromMs: Date.now() - 30_000,
      toMs: Date.now(),
    });
    expect(requests.map(({ labels }) => labels['code'])).not.toContain('530');
    expect(requests.length).toBeGreaterThan(0);
  }
  // The route's counter has them: what docs/prometheus.md tells people to judge by.
  const cutAnswers = await eventually('the breaker is in the counter of the route', async () => {
    const [found] = await metrics.query(
      `sum(traefik_router_requests_total{router=~"${NAMESPACE}-${app}-.*",code="530"})`,
      Date.now(),
    );
    return found?.value === count(cut, { status: 530 }) ? found.value : undefined;
  });
  expect(cutAnswers).toBeGreaterThan(0);

  // A good version behind the same breaker is let through after fallback and recovery.
  await tools.client.jsonPatch({ kind: ROLLOUT, namespace: NAMESPACE, name: app }, [
    { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'shop:v3' },
  ]);
  await eventually(
    'the canary answers again, and nobody is cut',
    async () => {
      const answers = await sendFor(600, app);
      expect(count(answers, { version: 'v1' })).toBe(count(answers, { version: 'v1', status: 200 }));
      return count(answers, { version: 'v3', status: 200 }) > 0 && count(answers, { status: 530 }) === 0
        ? true
        : undefined;
    },
    { timeoutMs: 60_000 },
  );

  expect(await tools.call<Written>('traefik_add_circuit_breaker', input)).toMatchObject({
    changed: false,
    effective: 'proved',
  });
});

describe('what a middleware is refused for', () => {
  let app: string;

  beforeAll(async () => {
    app = await tools.application('refused');
  });

  test('another field manager holds the list of Services, until take_over', async () => {
    const input = { route_name: app, middleware_name: `${app}-limit`, average: 7 };
    const error = await tools.call('traefik_add_rate_limiting', input).catch((one: unknown) => one);

    expect(error).toMatchObject({ code: 'FIELD_CONFLICT', details: { managers: ['sluice-sandbox'] } });
    expect(await codeOf(tools.client.get({ kind: MIDDLEWARE, namespace: NAMESPACE, name: `${app}-limit` }))).toBe(
      'MIDDLEWARE_NOT_FOUND',
    );
    expect(await tools.call('traefik_add_rate_limiting', { ...input, take_over: true })).toMatchObject({
      changed: true,
      effective: 'proved',
    });
    // From now on the list is ours.
    expect(await tools.call('traefik_add_rate_limiting', { ...input, average: 8 })).toMatchObject({
      changed: true,
      effective: 'proved',
      after: { settings: { 'rateLimit.average': '8' } },
    });
  });

  test('a middleware that sits on the whole route is never a breaker for a canary', async () => {
    const name = `${app}-both`;
    await tools.client.apply(
      { kind: MIDDLEWARE, namespace: NAMESPACE, name },
      {
        apiVersion: 'traefik.io/v1alpha1',
        kind: 'Middleware',
        metadata: { name, namespace: NAMESPACE },
        spec: { circuitBreaker: { expression: 'NetworkErrorRatio() > 0.5' } },
      },
      { fieldManager: 'somebody' },
    );
    await tools.client.jsonPatch({ kind: INGRESS_ROUTE, namespace: NAMESPACE, name: app }, [
      { op: 'add', path: '/spec/routes/0/middlewares', value: [{ name }] },
    ]);
    const before = await tools.client.get({ kind: TRAEFIK_SERVICE, namespace: NAMESPACE, name: app });

    const answer = await tools.call<Written>('traefik_add_circuit_breaker', {
      route_name: app,
      middleware_name: name,
      take_over: true,
    });
    expect(answer).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining(`IngressRoute ${app}`),
    });
    expect(await tools.client.get({ kind: TRAEFIK_SERVICE, namespace: NAMESPACE, name: app })).toEqual(before);
    await tools.client.jsonPatch({ kind: INGRESS_ROUTE, namespace: NAMESPACE, name: app }, [
      { op: 'remove', path: '/spec/routes/0/middlewares' },
    ]);
    expect(await codeOf(tools.call('traefik_add_circuit_breaker', { route_name: app, middleware_name: name }))).toBe(
      'FIELD_CONFLICT',
    );
    expect(
      await codeOf(tools.call('traefik_add_rate_limiting', { route_name: app, middleware_name: name, average: 5 })),
    ).toBe('ALREADY_EXISTS');
    await remove(name);
  });

  test('stable as the canary, a Service of another route, a route that is not there', async () => {
    const input = { middleware_name: `${app}-x`, route_name: app };
    expect(await codeOf(tools.call('traefik_add_circuit_breaker', { ...input, canary_service: `${app}-stable` }))).toBe(
      'INVALID_INPUT',
    );
    expect(await codeOf(tools.call('traefik_add_circuit_breaker', { ...input, canary_service: 'elsewhere' }))).toBe(
      'INVALID_INPUT',
    );
    expect(await codeOf(tools.call('traefik_add_circuit_breaker', { ...input, route_name: 'no-such-route' }))).toBe(
      'TRAFFIC_SERVICE_NOT_FOUND',
    );
    expect(await codeOf(tools.call('traefik_add_rate_limiting', { ...input, average: 0 }))).toBe('INVALID_INPUT');
  });

  test('a replica whose version is not known', async () => {
    const silent = { SLUICE_TRAEFIK_API_URLS: `${tools.sandbox.traefikApiUrls[0] ?? ''},http://127.0.0.1:9` };
    const answer = await tools.call(
      'traefik_add_circuit_breaker',
      { route_name: app, middleware_name: `${app}-y`, take_over: true },
      silent,
    );

    expect(answer).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('127.0.0.1:9'),
    });
    expect(await codeOf(tools.client.get({ kind: MIDDLEWARE, namespace: NAMESPACE, name: `${app}-y` }))).toBe(
      'MIDDLEWARE_NOT_FOUND',
    );
  });

  test('a running release owns the route', async () => {
    const mark = JSON.stringify({ release_id: 'release/dev/mid/other', run_id: 'r' });
    const ref = { kind: TRAEFIK_SERVICE, namespace: NAMESPACE, name: app };
    await tools.client.mergePatch(ref, { metadata: { annotations: { [OWNER_ANNOTATION]: mark } } });
    for (const [tool, more] of [
      ['traefik_add_circuit_breaker', { middleware_name: 'x' }],
      ['traefik_add_rate_limiting', { middleware_name: 'x', average: 1 }],
      ['traefik_enable_traffic_mirroring', { mirror_service: 'x', mirror_percent: 1 }],
    ] as const) {
      expect(await codeOf(tools.call(tool, { route_name: app, ...more }))).toBe('OWNED_BY_OTHER');
    }
    await tools.client.mergePatch(ref, { metadata: { annotations: { [OWNER_ANNOTATION]: null } } });
  });
});

test('a rate limit on the route holds on each replica by itself', async () => {
  const app = await tools.application('limit');
  const middleware = `${app}-limit`;
  const made = await tools.call<Written & { limit: string }>('traefik_add_rate_limiting', {
    route_name: app,
    middleware_name: middleware,
    average: 20,
    period: '10s',
    burst: 20,
    attach: 'route',
    take_over: true,
  });

  expect(made).toMatchObject({
    changed: true,
    effective: 'proved',
    after: { attached_to: [`IngressRoute ${app} rule 1`] },
  });
  expect(made.limit).toContain('at most 40 over 2 replicas');
  for (const replica of [0, 1]) {
    const begun = Date.now();
    const answers = await Promise.all(Array.from({ length: 50 }, () => tools.send(app, { replica })));
    const seconds = (Date.now() - begun) / 1_000;
    // 20 at once, and 2 a second while the others are on their way.
    expect(count(answers, { status: 200 })).toBeGreaterThanOrEqual(20);
    expect(count(answers, { status: 200 })).toBeLessThanOrEqual(20 + Math.ceil(2 * seconds));
    expect(seconds).toBeLessThan(15);
    expect(count(answers, { status: 429 })).toBe(50 - count(answers, { status: 200 }));
  }
  await remove(middleware, app);
});

test('a mirror gets its share of the reads, no writes, and never answers users', async () => {
  const [app, shadow] = await Promise.all([
    tools.application('mirrored'),
    tools.application('shadow', { image: 'shop:v9-errors-100' }),
  ]);
  const input = {
    route_name: app,
    main_service: `${app}-stable`,
    mirror_service: `${shadow}-stable`,
    mirror_percent: 20,
    take_over: true,
  };
  const made = await tools.call('traefik_enable_traffic_mirroring', input);
  expect(made).toMatchObject({
    changed: true,
    effective: 'proved',
    mirrored: expect.stringContaining('no other methods'),
    after: { methods: ['GET', 'HEAD', 'OPTIONS'], mirror_percent: 20 },
  });

  const from = Date.now();
  const reads = await Promise.all(Array.from({ length: 200 }, () => tools.send(app)));
  const writes = await Promise.all(Array.from({ length: 60 }, () => tools.send(app, { method: 'POST' })));
  for (const answers of [reads, writes]) expect(count(answers, { status: 200, version: 'v1' })).toBe(answers.length);
  // Traefik's percentage is a counter, not chance: 100 requests on each replica give 20 copies on each.
  const copies = await eventually('all copies are counted', async () => {
    const seen = await copied(shadow, from);
    return seen.GET >= 40 ? seen : undefined;
  });
  expect(copies).toEqual({ GET: 40, POST: 0 });

  expect(await tools.call('traefik_enable_traffic_mirroring', input)).toMatchObject({
    changed: false,
    effective: 'proved',
  });
  expect(await tools.call('traefik_enable_traffic_mirroring', { ...input, mirror_percent: 100 })).toMatchObject({
    changed: true,
    effective: 'proved',
    after: { mirror_percent: 100 },
  });
  const off = await tools.call('traefik_enable_traffic_mirroring', { route_name: app, mirror_percent: 0 });
  expect(off).toMatchObject({ changed: true, effective: 'proved', mirrored: 'Nothing is mirrored.' });
  const { spec } = (await tools.client.get({ kind: INGRESS_ROUTE, namespace: NAMESPACE, name: app })) as {
    spec: { routes: object[] };
  };
  expect(spec.routes).toEqual([
    { kind: 'Rule', match: `Host(\`${app}.mid.local\`)`, services: [{ kind: 'TraefikService', name: app }] },
  ]);
  expect(await codeOf(tools.client.get({ kind: TRAEFIK_SERVICE, namespace: NAMESPACE, name: `${app}-mirror` }))).toBe(
    'TRAFFIC_SERVICE_NOT_FOUND',
  );
  expect(await tools.call('traefik_enable_traffic_mirroring', { route_name: app, mirror_percent: 0 })).toMatchObject({
    changed: false,
    effective: 'proved',
  });
});

test('writes are mirrored after a confirmation only', async () => {
  const [app, shadow] = await Promise.all([tools.application('writes'), tools.application('copies')]);
  const input = {
    route_name: app,
    mirror_service: `${shadow}-stable`,
    mirror_percent: 100,
    mirror_writes: true,
    take_over: true,
  };
  expect(await codeOf(tools.call('traefik_enable_traffic_mirroring', input))).toBe('CONFIRMATION_REQUIRED');
  expect(await tools.call('traefik_enable_traffic_mirroring', { ...input, confirm: `mid/${app}` })).toMatchObject({
    changed: true,
    effective: 'proved',
    mirrored: expect.stringContaining('POST, PUT, PATCH and DELETE included'),
    after: { methods: ['*'] },
  });

  const from = Date.now();
  await Promise.all(Array.from({ length: 20 }, () => tools.send(app, { method: 'POST' })));
  await eventually('every POST is copied', async () => ((await copied(shadow, from)).POST === 20 ? true : undefined));
  expect(await tools.call('traefik_enable_traffic_mirroring', { route_name: app, mirror_percent: 0 })).toMatchObject({
    changed: true,
    effective: 'proved',
  });
});

test('what a mirror is refused for', async () => {
  const app = await tools.application('mirror-refused');
  const input = { route_name: app, mirror_percent: 10, take_over: true };
  expect(
    await codeOf(
      tools.call('traefik_enable_traffic_mirroring', { ...input, main_service: 'same', mirror_service: 'same' }),
    ),
  ).toBe('INVALID_INPUT');
  expect(
    await codeOf(tools.call('traefik_enable_traffic_mirroring', { ...input, mirror_service: 'no-such-service' })),
  ).toBe('SERVICE_NOT_FOUND');
  expect(
    await tools.call('traefik_enable_traffic_mirroring', { ...input, mirror_service: `${app}-stable` }),
  ).toMatchObject({ changed: false, effective: 'refused', reason: expect.stringContaining('answers users already') });
  expect(
    await tools.call('traefik_enable_traffic_mirroring', {
      ...input,
      main_service: `${app}-canary`,
      mirror_service: 'other',
    }),
  ).toMatchObject({
    changed: false,
    effective: 'refused',
    reason: expect.stringContaining('does not answer the users'),
  });
  expect(
    await codeOf(
      tools.call('traefik_enable_traffic_mirroring', { ...input, mirror_service: `${app}-canary`, take_over: false }),
    ),
  ).toBe('FIELD_CONFLICT');
  expect(await codeOf(tools.client.get({ kind: TRAEFIK_SERVICE, namespace: NAMESPACE, name: `${app}-mirror` }))).toBe(
    'TRAFFIC_SERVICE_NOT_FOUND',
  );

  const empty = `${app}-empty`;
  await tools.client.apply(
    { kind: SERVICE, namespace: NAMESPACE, name: empty },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: empty, namespace: NAMESPACE },
      spec: { selector: { app: 'nobody' }, ports: [{ port: 8080 }] },
    },
    { fieldManager: 'test' },
  );
  expect(await tools.call('traefik_enable_traffic_mirroring', { ...input, mirror_service: empty })).toMatchObject({
    changed: false,
    effective: 'refused',
    reason: expect.stringContaining('no ready endpoints'),
  });
  const { metadata } = (await tools.client.get({ kind: SERVICE, namespace: NAMESPACE, name: empty })) as {
    metadata: { uid: string };
  };
  await tools.client.remove({ kind: SERVICE, namespace: NAMESPACE, name: empty }, { uid: metadata.uid });
});

/** In the order of the TraefikService, as one replica serves them. */
async function servedWeights(api: string, app: string): Promise<string> {
  const { weighted } = (await (await fetch(`${api}/api/http/services/${NAMESPACE}-${app}@kubernetescrd`)).json()) as {
    weighted: { services: { weight: number }[] };
  };
  return weighted.services.map(({ weight }) => weight).join(',');
}

/** Copies that the mirror has answered since, by method. */
async function copied(shadow: string, from: number): Promise<{ GET: number; POST: number }> {
  const metrics = createEvidence({ url: tools.sandbox.prometheusUrl });
  const { requests } = await metrics.counters(metricsServiceName(NAMESPACE, `${shadow}-stable`, '8080'), {
    fromMs: from - 10_000,
    toMs: Date.now(),
  });
  const of = (method: string) =>
    countArms(
      {
        candidate: { requests: requests.filter(({ labels }) => labels['method'] === method), buckets: [] },
        stable: { requests, buckets: [] },
      },
      from,
    ).candidate.requests;
  return { GET: of('GET'), POST: of('POST') };
}

/** Takes a middleware off a route's rules first: a rule with a middleware that is gone answers 404. */
async function remove(name: string, route?: string): Promise<void> {
  if (route)
    await tools.client.jsonPatch({ kind: INGRESS_ROUTE, namespace: NAMESPACE, name: route }, [
      { op: 'remove', path: '/spec/routes/0/middlewares' },
    ]);
  const { metadata } = (await tools.client.get({ kind: MIDDLEWARE, namespace: NAMESPACE, name })) as {
    metadata: { uid: string };
  };
  await tools.client.remove({ kind: MIDDLEWARE, namespace: NAMESPACE, name }, { uid: metadata.uid });
}
