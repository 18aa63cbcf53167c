import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createJudge, type Judgement } from '../../activities/analysis.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { INGRESS_ROUTE } from '../../src/adapters/kubernetes/kinds.ts';
import type { Check } from '../../src/domain/release/plan.ts';
import type { Verdict } from '../../src/domain/analysis/verdict.ts';
import type { MetricSpec } from '../../src/domain/analysis/metric-spec.ts';
import { worldsOver } from '../../src/entry/ports.ts';
import { planRelease } from '../../src/strategies/index.ts';
import { releaseSpec, type SpecChanges } from '../support/builders.ts';
import { eventually } from '../support/releases-wait.ts';
import { settingsOfSandbox } from '../support/settings.ts';
import { sharedSandbox } from '../support/sandbox.ts';
import { NAMESPACE, TraefikTools } from '../support/traefik-tools.ts';

// Pods start, Prometheus scrapes once a second.
jest.setTimeout(300_000);

const QUIET_MS = 12_000;

let tools: TraefikTools;
let app: string;

beforeAll(async () => {
  tools = new TraefikTools(await sharedSandbox());
  app = await tools.application('sources', { steps: [25, 50] });
  for (let sent = 0; sent < 40; sent += 1) await tools.send(app);
}, 900_000);

afterAll(() => tools.close(), 200_000);

async function plan(changes: SpecChanges = {}): Promise<{ checks: readonly Check[]; ready: boolean }> {
  const { sandbox } = tools;
  const worlds = worldsOver(createClusters({ kubeconfig: sandbox.kubeconfig }), settingsOfSandbox(sandbox));
  const world = await worlds.of(sandbox.context);
  const { checks, plan: made } = await planRelease(
    world,
    releaseSpec({
      target: { cluster: sandbox.context, namespace: NAMESPACE, rollout: app },
      image: 'shop:v2',
      ...changes,
    }),
  );
  return { checks, ready: made !== undefined };
}

const named = (checks: readonly Check[], name: string) => checks.find((check) => check.name === name);
const limit = (name: string, query: string): MetricSpec => ({ kind: 'limit', name, intervalMs: 1_000, query, max: 1 });

test('the counters, the scrapes, the clock and the latency bounds of the real Prometheus are told', async () => {
  const { checks } = await eventually(
    'Prometheus has the requests',
    async () => {
      const found = await plan();
      const says = (name: string, text: RegExp) => text.test(named(found.checks, name)?.detail ?? '');
      // How often Traefik is scraped is known from the second sample on.
      return found.ready && says('query requests', /stable 4\d in 2 series/) && says('scrapes', /is scraped every/)
        ? found
        : undefined;
    },
    { timeoutMs: 60_000 },
  );

  expect(named(checks, 'query requests')).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/stable 4\d in 2 series, new version none yet$/),
  });
  expect(named(checks, 'query durations')).toMatchObject({
    ok: true,
    detail: expect.stringContaining('5, 10, 25, 50, 100, 200, 300, 500, 800, 1200, 2500, 5000 ms'),
  });
  expect(named(checks, 'scrapes')?.detail).toMatch(/^Traefik is scraped every 1 s, last [\d.]+ s ago/);
  expect(named(checks, 'clock')).toEqual({ name: 'clock', ok: true, detail: expect.stringContaining('this machine') });
  expect(named(checks, 'hidden answers')).toEqual({
    name: 'hidden answers',
    ok: true,
    detail: 'there is no circuit breaker and no limit in front of the two Services',
  });
});

test('every query is tried: what is wrong stops the plan, what is empty is warned of', async () => {
  const metrics = [
    limit(
      'share',
      'sum(traefik_service_requests_total{service="{{args.stable_traefik}}",code="200"}) / sum(traefik_service_requests_total{service="{{args.stable_traefik}}"})',
    ),
    limit('new-pods', 'sum(up{hash="{{args.candidate_hash}}"})'),
    limit('typo', 'sum('),
    limit('many', 'traefik_config_reloads_total'),
    limit('zero', 'vector(0) / 0'),
    limit('endless', 'vector(1) / 0'),
    limit('words', '"down"'),
    limit('range', 'up[1m]'),
  ];
  const { checks, ready } = await plan({ analysis: { metrics } });
  const of = (name: string) => named(checks, `query ${name}`);

  expect(ready).toBe(false);
  expect(of('share')).toEqual({ name: 'query share', ok: true, detail: 'analysis.metrics[0].query: now 1' });
  expect(of('new-pods')).toMatchObject({
    ok: true,
    detail: expect.stringContaining('analysis.metrics[1].query: Prometheus has no data'),
    next: expect.any(String),
  });
  const wrong = {
    typo: /metrics\[2\].*parse error/,
    many: /metrics\[3\].*gives 2 series/,
    zero: /metrics\[4\].*NaN/,
    endless: /metrics\[5\].*\+Inf/,
    words: /metrics\[6\].*a text, not a number/,
    range: /metrics\[7\].*a range of samples/,
  };
  for (const [name, detail] of Object.entries(wrong))
    expect(of(name)).toMatchObject({ ok: false, detail: expect.stringMatching(detail), next: expect.any(String) });
});

test('a bound that is none of the buckets is refused with those that there are', async () => {
  const { checks } = await plan({
    analysis: { sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05, slowerThanMs: [500, 250] } },
  });

  expect(named(checks, 'query durations')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('analysis.slower_than_ms[1]: 250 ms is not one of these bounds'),
  });
});

test('a breaker on the canary and a limit on the route are warned of', async () => {
  await tools.call('traefik_add_circuit_breaker', {
    route_name: app,
    middleware_name: `${app}-breaker`,
    threshold: 0.3,
    take_over: true,
  });
  await tools.call('traefik_add_rate_limiting', {
    route_name: app,
    middleware_name: `${app}-limit`,
    average: 1_000,
    attach: 'route',
    take_over: true,
  });
  const { checks, ready } = await plan();

  expect(named(checks, 'hidden answers')).toMatchObject({
    ok: true,
    detail: expect.stringContaining(
      `circuitBreaker ${app}-breaker on Service ${app}-canary, rateLimit ${app}-limit on IngressRoute ${app} rule 1: Traefik counts their answers for no Service`,
    ),
    next: expect.stringContaining('traefik_router_requests_total'),
  });
  expect(ready).toBe(true);
});

/** A second IngressRoute with the rule of the application's own one. It leads to the stable Service alone. */
async function copyRule(name: string): Promise<void> {
  const ref = { kind: INGRESS_ROUTE, namespace: NAMESPACE, name };
  const { spec } = (await tools.client.get({ ...ref, name: app })) as {
    spec: { entryPoints: string[]; routes: { match: string }[] };
  };
  const services = [{ kind: 'Service', name: `${app}-stable`, port: 8080, nativeLB: true }];
  const manifest = {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    metadata: { name, namespace: NAMESPACE },
    spec: { ...spec, routes: [{ kind: 'Rule', match: spec.routes[0]?.match, services }] },
  };
  await tools.client.apply(ref, manifest, { fieldManager: 'test' });
}

test('a second route with the same rule is named in the plan, and in the verdict of a step that no request reaches', async () => {
  const name = `${app}-old`;
  await copyRule(name);
  try {
    const { checks, ready } = await plan();
    const rival = `IngressRoute ${NAMESPACE}/${name} rule 1 matches the same requests and leads to Service ${NAMESPACE}/${app}-stable, with the same priority`;

    expect(ready).toBe(true);
    expect(named(checks, 'other routes')).toMatchObject({
      ok: true,
      detail: expect.stringContaining(rival),
      next: expect.stringContaining('higher priority'),
    });
    expect((await quietVerdict()).findings).toContainEqual(
      expect.objectContaining({ metric: 'share', outcome: 'no-data', reason: expect.stringContaining(rival) }),
    );
  } finally {
    const ref = { kind: INGRESS_ROUTE, namespace: NAMESPACE, name };
    const { metadata } = (await tools.client.get(ref)) as { metadata: { uid: string } };
    await tools.client.remove(ref, { uid: metadata.uid });
  }
});

/** The verdict of a step whose weight is in force for twelve seconds without a request. */
async function quietVerdict(): Promise<Verdict> {
  const { sandbox } = tools;
  const world = await worldsOver(createClusters({ kubeconfig: sandbox.kubeconfig }), settingsOfSandbox(sandbox)).of(
    sandbox.context,
  );
  const spec = releaseSpec({
    target: { cluster: sandbox.context, namespace: NAMESPACE, rollout: app },
    image: 'shop:v2',
  });
  const { plan: made } = await planRelease(world, spec);
  const owner = { releaseId: `release/${sandbox.context}/${NAMESPACE}/${app}`, runId: 'quiet' };
  const scene = { owner, target: spec.target, plan: made } as unknown as Judgement['scene'];
  await sleep(QUIET_MS);
  const from = Date.now() - QUIET_MS;
  return (await createJudge(world)({ scene, limits: spec.analysis, from, since: from, wanted: 25 })).verdict;
}
