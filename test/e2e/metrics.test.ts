import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { applyApplication, removeApplication } from '../../sandbox/index.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { ANALYSIS_TEMPLATE } from '../../src/adapters/kubernetes/kinds.ts';
import type { PlanOutput } from '../../src/toolsets/release/plan-output.ts';
import { Cluster } from '../support/releases-cluster.ts';
import { openLane, type Lane } from '../support/releases-lane.ts';
import { expectBack, expectEnd, expectNoOtherFailures, expectReleased } from '../support/releases-proof.ts';
import type { Release } from '../support/releases-release.ts';
import { NAMESPACE, Stage } from '../support/releases-stage.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(600_000);

const RUN = Date.now().toString(36).slice(-4);
const RPS = 60;
const BEFORE = 'shop:v1';
const APPS = { good: `mt-good-${RUN}`, bad: `mt-bad-${RUN}` };
const TEMPLATE = `answers-${RUN}`;

const rate = (service: string, more = '', counter = 'requests_total') =>
  `sum(rate(traefik_service_${counter}{service="{{args.${service}}}"${more}}[10s]))`;

/** The usual limits cannot fail: only the file's own metrics see that answers are bad. */
const ANALYSIS = {
  judge: 'limits',
  soak: '12s',
  min_requests: 50,
  success_ratio: 0,
  p95_ms: undefined,
  p50_ms: 5_000,
  warm_up: '4s',
  metrics: [
    { name: 'throughput', kind: 'limit', query: rate('candidate_traefik'), min: 1, interval: '2s' },
    {
      name: 'bad-answers',
      kind: 'pair',
      query: `(${rate('traefik', ', code=~"5.."')} or vector(0)) / (${rate('traefik')} > 0)`,
      max_increase: 0.02,
      interval: '2s',
    },
    {
      name: 'duration',
      kind: 'gauge',
      query: `${rate('traefik', '', 'request_duration_seconds_sum')} / (${rate('traefik', '', 'request_duration_seconds_count')} > 0)`,
      interval: '1s',
      min_samples: 5,
      tolerance: 1,
    },
    { name: 'argo', kind: 'template', template: TEMPLATE, args: { service: '{{args.candidate_traefik}}' } },
  ],
  hold: '60s',
};

let lane: Lane;
let stages: Record<keyof typeof APPS, Stage>;
/** Both run at once; each has an application of its own. */
let releases: Record<keyof typeof APPS, Release>;

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  lane = await openLane(sandbox, { name: `metrics-${RUN}` });
  await Promise.all(
    Object.values(APPS).map((name) =>
      applyApplication(sandbox, {
        name,
        namespace: NAMESPACE,
        strategy: 'canary',
        steps: [25, 50],
        image: BEFORE,
        rps: RPS,
      }),
    ),
  );
  const query = 'sum(rate(traefik_service_requests_total{service="{{args.service}}"}[10s]))';
  const spec = {
    args: [{ name: 'service' }],
    metrics: [
      {
        name: 'answered',
        interval: '2s',
        count: 3,
        initialDelay: '6s',
        successCondition: 'result[0] > 1',
        provider: { prometheus: { address: sandbox.prometheusUrl, query } },
      },
    ],
  };
  await createClusters({ kubeconfig: sandbox.kubeconfig })
    .client(sandbox.context)
    .apply(
      { kind: ANALYSIS_TEMPLATE, namespace: NAMESPACE, name: TEMPLATE },
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AnalysisTemplate',
        metadata: { name: TEMPLATE, namespace: NAMESPACE },
        spec,
      },
      { fieldManager: 'test' },
    );
  const stage = (app: string) => new Stage(sandbox, lane, new Cluster(sandbox), app, 'canary');
  stages = { good: stage(APPS.good), bad: stage(APPS.bad) };
  releases = {
    good: await stages.good.start('', { analysis: ANALYSIS }),
    bad: await stages.bad.start('errors-20', { analysis: ANALYSIS }),
  };
}, 900_000);

afterAll(async () => {
  await lane?.stop();
  await Promise.all(Object.values(stages ?? {}).map(({ sandbox, app }) => removeApplication(sandbox, app, NAMESPACE)));
}, 120_000);

test('the plan shows each metric, has tried each query, and has read the template', async () => {
  const plan = await lane.mcp.call<PlanOutput>('release_plan', stages.good.file('shop:v2', { analysis: ANALYSIS }));

  expect(plan.limits).toMatchObject({
    p50_ms: 5_000,
    warm_up: '4s',
    metrics: ['throughput', 'bad-answers', 'duration', 'argo'].map((name) => expect.objectContaining({ name })),
  });
  expect(plan.checks.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'query throughput',
      'query bad-answers candidate',
      'query duration stable',
      'query argo answered',
    ]),
  );
});

test('a good version passes by every metric', async () => {
  const [stage, release] = [stages.good, releases.good];
  await expectEnd(release, 'succeeded');
  const { verdict } = await release.story();

  expect(verdict).toMatchObject({ outcome: 'pass' });
  expect(verdict?.findings.map(({ metric, outcome }) => `${metric} ${outcome}`)).toEqual([
    'success-ratio pass',
    'p50 pass',
    'throughput pass',
    'bad-answers pass',
    'duration pass',
    'argo.answered pass',
  ]);
  await expectReleased(stage, release.image);
  await expectNoOtherFailures(stage);
});

test('a version with bad answers fails by the pair that counts them, and by nothing else', async () => {
  const [stage, release] = [stages.bad, releases.bad];
  await expectEnd(release, 'rolled-back');
  const { verdict, reason } = await release.story();

  expect(reason).toMatch(/bad-answers: new 0\.\d+, stable 0; at most 0\.02 more is allowed/);
  expect(verdict?.findings.filter(({ outcome }) => outcome === 'fail').map(({ metric }) => metric)).toEqual([
    'bad-answers',
  ]);
  await expectBack(stage, BEFORE);
  await expectNoOtherFailures(stage, [release.image]);
});

test('a metric that would compare a version with itself, or that is no PromQL, starts nothing', async () => {
  const refusal = async (metric: object) =>
    lane.mcp
      .call('release_plan', stages.good.file('shop:v3', { analysis: { ...ANALYSIS, metrics: [metric] } }))
      .then((plan) => JSON.stringify(plan), String);

  expect(await refusal({ name: 'same', kind: 'pair', query: 'up', max_ratio: 1 })).toContain(
    'analysis.metrics.0.query: is the same query for both versions',
  );
  expect(await refusal({ name: 'broken', kind: 'limit', query: 'sum(up', max: 1 })).toMatch(
    /query broken.*parse error/,
  );
});
