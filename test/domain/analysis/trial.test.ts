import { expect, test } from '@jest/globals';
import { argumentsOf, fillArguments } from '../../../src/domain/analysis/query-arguments.ts';
import { findingOf, NO_HASH_YET, trialsOf, type Trial } from '../../../src/domain/analysis/trial.ts';
import type { MetricSpec } from '../../../src/domain/analysis/metric-spec.ts';

const VALUES = argumentsOf(
  { cluster: 'dev', namespace: 'shop', rollout: 'web' },
  {
    candidate: { service: 'web-canary', metricsService: 'c@k' },
    stable: { service: 'web-stable', metricsService: 's@k' },
    stableHash: 'abc',
  },
  NO_HASH_YET,
);
test('queries get the matchers of their cluster; without any the comma that is left is valid PromQL', () => {
  const query = 'up{job="x",{{args.cluster_matchers}}}';
  const plan = {
    candidate: { service: 'c', metricsService: 'c@k' },
    stable: { service: 's', metricsService: 's@k' },
    stableHash: 'abc',
  };
  const target = { cluster: 'dev', namespace: 'shop', rollout: 'web' };
  expect(fillArguments(query, argumentsOf(target, plan))).toBe('up{job="x",}');
  expect(fillArguments(query, argumentsOf(target, { ...plan, matchers: { cluster: 'prod' } }))).toBe(
    'up{job="x",cluster="prod"}',
  );
});

const METRICS: readonly MetricSpec[] = [
  { kind: 'template', name: 'argo', template: 'success', clusterScope: false, args: {} },
  {
    kind: 'limit',
    name: 'queue',
    intervalMs: 1000,
    query: 'max(queue{ns="{{args.namespace}}",hash="{{args.candidate_hash}}"})',
    max: 5,
  },
  {
    kind: 'pair',
    name: 'cpu',
    intervalMs: 1000,
    candidateQuery: 'cpu{s="{{args.candidate_service}}"}',
    stableQuery: 'cpu{s="{{args.stable_service}}"}',
    maxRatio: 2,
  },
];
const TEMPLATE = {
  name: 'argo',
  template: 'success',
  metrics: [
    {
      name: 'share',
      query: 'ratio{hash="{{args.candidate_hash}}"}',
      scalar: false,
      intervalMs: 1000,
      initialDelayMs: 0,
      failureLimit: 0,
      inconclusiveLimit: 0,
      consecutiveErrorLimit: 4,
      consecutiveSuccessLimit: 0,
      dryRun: false,
    },
  ],
};

test('every query is tried, with its arguments, and knows where it is written', () => {
  expect(trialsOf(METRICS, [TEMPLATE], VALUES)).toEqual([
    {
      name: 'queue',
      promql: 'max(queue{ns="shop",hash="not-known-yet"})',
      where: 'analysis.metrics[1].query',
      needs: 'one',
    },
    { name: 'cpu candidate', promql: 'cpu{s="web-canary"}', where: 'analysis.metrics[2].query', needs: 'one' },
    { name: 'cpu stable', promql: 'cpu{s="web-stable"}', where: 'analysis.metrics[2].stable_query', needs: 'one' },
    {
      name: 'argo share',
      promql: 'ratio{hash="not-known-yet"}',
      where: 'metric share of template success',
      needs: 'any',
    },
  ]);
});

const trial = (needs: Trial['needs']): Trial => ({
  name: 'queue',
  promql: 'x',
  where: 'analysis.metrics[1].query',
  needs,
});
const answer = (...values: number[]) => values.map((value, index) => ({ labels: { pod: `p${index}` }, value }));

test.each([
  ['one number', 'one', answer(1.23456), 'good', /^analysis\.metrics\[1\]\.query: now 1\.235$/],
  ['nothing', 'one', [], 'warning', /no data for it now/],
  ['several', 'one', answer(1, 2), 'bad', /gives 2 series \(\{pod="p0"\}, \{pod="p1"\}\)/],
  ['NaN', 'one', answer(NaN), 'bad', /NaN/],
  ['infinity', 'one', answer(Infinity), 'bad', /\+Inf/],
  ['several for a template', 'any', answer(1, 2, 3, 4, 5, 6), 'good', /now 1, 2, 3, 4, 5, …$/],
  ['NaN for a template', 'any', answer(NaN), 'good', /now NaN/],
  ['nothing for a template', 'any', [], 'warning', /no data/],
] as const)('%s', (_, needs, given, state, detail) => {
  const finding = findingOf({ ...trial(needs), answer: given });

  expect(finding).toMatchObject({ state, detail: expect.stringMatching(detail) });
  expect(finding.next === undefined).toBe(state === 'good');
});

test('a query that Prometheus refuses is bad, with its words', () => {
  expect(findingOf({ ...trial('any'), problem: 'Prometheus answered 400: parse error', next: 'Check it.' })).toEqual({
    state: 'bad',
    detail: 'analysis.metrics[1].query: Prometheus answered 400: parse error',
    next: 'Check it.',
  });
});
