import { expect, test } from '@jest/globals';
import type { MetricSpec } from '../../../src/domain/analysis/metric-spec.ts';
import { preflightChecks } from '../../../src/domain/release/preflight.ts';
import type { Facts, RolloutFacts } from '../../../src/domain/release/preflight-facts.ts';
import { rules as canary } from '../../../src/strategies/canary/plan.ts';
import { rules as watched } from '../../../src/strategies/watched-canary/plan.ts';
import { basicCanaryFacts as facts, REPORT } from '../../support/builders-preflight.ts';
import { ERRORS as LIMIT, releaseSpec } from '../../support/builders.ts';

const SEQUENTIAL = { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05 };

function planned(given: Facts, metrics: readonly MetricSpec[] = [LIMIT], analysis: object = {}, rules = watched) {
  const usual = { soakMs: 50, minRequests: 20, holdMs: 60_000, sequential: SEQUENTIAL };
  const spec = { ...releaseSpec({ strategy: 'watched-canary' }), analysis: { ...usual, metrics, ...analysis } };
  const { checks, plan } = preflightChecks(spec, given, rules);
  return {
    plan,
    failed: checks.filter(({ ok }) => !ok),
    warnings: checks.filter(({ ok, next }) => ok && next !== undefined),
    of: (name: string) => checks.find((one) => one.name === name),
  };
}

test("a basic canary is planned, and the plan calls its weights Argo's word", () => {
  const { plan, failed, of } = planned(facts());
  expect(failed).toEqual([]);
  expect(plan).toMatchObject({
    controllerOnly: true,
    stable: { service: 'the stable pods', metricsService: '' },
    candidate: { service: 'the new pods', metricsService: '' },
    steps: [{ weight: 25, pauseIndex: 1, watched: { first: 0, last: 1 } }],
  });
  expect(of('strategy')?.detail).toBe('watched-canary: Argo divides the traffic by the number of pods');
  expect(of('traffic')?.detail).toBe(
    `${REPORT}. Weights are Argo's word here: no proxy is read, so none is proved from traffic`,
  );
  // Nothing is said of proxies that are not read.
  expect(['traefik', 'hidden answers', 'query requests'].map(of)).toEqual([undefined, undefined, undefined]);
});

test('the router is named', () => {
  const { of } = planned(facts({ trafficRouting: ['istio'] }));
  expect(of('strategy')?.detail).toBe('watched-canary: Argo divides the traffic by istio');
});

test('without a metric nothing would judge, and the plan names the line to add', () => {
  const { plan, failed } = planned(facts(), []);
  expect(plan).toBeUndefined();
  expect(failed).toEqual([
    expect.objectContaining({
      name: 'metrics',
      detail: 'no proxy counts the requests of each version, and the release file has no metric',
      next: expect.stringContaining('analysis.metrics: [{ name: failed-answers, kind: pair'),
    }),
  ]);
});

test('a plan that does not get the metrics of the release does not miss them', () => {
  expect(planned(facts(), [], { untried: true }).failed).toEqual([]);
});

test.each<[string, object, string]>([
  ['a success ratio', { minSuccessRatio: 0.99 }, 'analysis.success_ratio'],
  ['percentiles', { maxP95Ms: 300, maxQuantileMs: { 50: 100 } }, 'analysis.p95_ms, analysis.p50_ms'],
  ['bounds of slow answers', { sequential: { ...SEQUENTIAL, slowerThanMs: [300] } }, 'analysis.slower_than_ms'],
  ['fixed limits alone', { sequential: undefined, minSuccessRatio: 0.99 }, 'analysis.judge, analysis.success_ratio'],
])('%s needs counts, so it is refused', (_what, analysis, fields) => {
  const { failed } = planned(facts(), [LIMIT], analysis);
  expect(failed).toEqual([
    expect.objectContaining({
      name: 'limits',
      detail: `${fields}: no proxy counts the requests of each version, so nothing could decide`,
      next: `Leave out ${fields}, and judge by analysis.metrics.`,
    }),
  ]);
});

test('an argument without a value is refused', () => {
  const query = 'errors{service="{{args.candidate_service}}", traefik="{{args.candidate_traefik}}"}';
  const { failed } = planned(facts(), [{ ...LIMIT, query }]);
  expect(failed).toEqual([
    expect.objectContaining({
      name: 'query errors',
      detail:
        '{{args.candidate_service}}, {{args.candidate_traefik}} has no value: the Rollout names no such Service, or no Traefik counts it',
    }),
  ]);
  const named = facts({ stableService: 'shop-stable', candidateService: 'shop-canary', stableSelector: 'old' });
  const weights = [
    { service: 'shop-stable', weight: 100, metricsService: '' },
    { service: 'shop-canary', weight: 0, metricsService: '' },
  ];
  const traffic = { name: 'shop', weights, report: REPORT };
  const { failed: none } = planned({ ...named, traffic }, [
    { ...LIMIT, query: 'errors{service="{{args.candidate_service}}"}' },
  ]);
  expect(none).toEqual([]);
});

test('a limit that names no version is warned of', () => {
  const { plan, warnings } = planned(facts(), [{ ...LIMIT, query: 'errors{app="shop"}' }]);
  expect(plan).toBeDefined();
  expect(warnings).toContainEqual(
    expect.objectContaining({ name: 'query errors', next: 'Use {{args.candidate_hash}} in the query.' }),
  );
});

test('weights between whole pods are warned of', () => {
  const steps = [{ setWeight: 10 }, { pause: {} }, { setWeight: 50 }, { pause: {} }];
  const { plan, of } = planned(facts({ steps }));
  expect(plan).toBeDefined();
  expect(of('pods')?.detail).toBe(
    'Argo divides the traffic by whole pods: with 4 pods it comes only near to the weight 10',
  );
  expect(planned(facts({ steps, trafficRouting: ['nginx'] })).of('pods')).toBeUndefined();
  expect(planned(facts()).of('pods')).toBeUndefined();
});

test('a template of dry runs alone is refused', () => {
  const metric = { kind: 'template', name: 'argo', template: 'answers', clusterScope: false, args: {} } as const;
  const template = (dryRun: boolean) => ({
    metric,
    spec: {
      metrics: [{ name: 'good', successCondition: 'result[0] > 0', provider: { prometheus: { query: 'up' } } }],
      ...(dryRun ? { dryRun: [{ metricName: '.*' }] } : {}),
    },
  });
  const run = (dryRun: boolean) => planned({ ...facts(), templates: [template(dryRun)] }, [metric]);
  expect(run(false).plan).toBeDefined();
  expect(run(true).plan).toBeUndefined();
  expect(run(true).failed).toEqual([
    expect.objectContaining({ name: 'metrics', detail: expect.stringContaining('dry run') }),
  ]);
});

test.each<[string, Partial<RolloutFacts>, string, string]>([
  ['Traefik, which can be proved', { trafficRouting: ['traefik'] }, 'traefik', 'Leave out split.'],
  [
    'weights that are no percent',
    { trafficRouting: ['nginx'], maxTrafficWeight: 1000 },
    'parts of 1000',
    'Remove spec',
  ],
])('it is not for %s', (_what, changes, detail, next) => {
  const { failed } = planned(facts(changes));
  expect(failed).toEqual([
    expect.objectContaining({
      name: 'strategy',
      detail: expect.stringContaining(detail),
      next: expect.stringContaining(next),
    }),
  ]);
});

test('a strategy that moves the traffic itself cannot have it', () => {
  const { failed } = planned(facts(), [LIMIT], {}, canary);
  expect(failed[0]).toMatchObject({
    name: 'strategy',
    next: 'Choose a strategy that takes the word of Argo (docs/watch.md, docs/rolling.md), or leave out split.',
  });
});

test.each([
  ['the canary', canary, /or leave the traffic to Argo \(docs\/watch\.md\)\.$/],
  ['the watched one', watched, /^Set split: argo-status and a metric of your own in analysis\.metrics/],
])('without the split a Rollout of another router is refused by %s, with the way', (_who, rules, next) => {
  const { controllerOnly: _, ...without } = facts({ trafficRouting: ['istio'] });
  const { failed } = planned(without, [LIMIT], {}, rules);
  expect(failed[0]).toMatchObject({ name: 'strategy', next: expect.stringMatching(next) });
});
