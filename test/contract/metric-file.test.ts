import { describe, expect, test } from '@jest/globals';
import { parseReleaseFile, releaseFile } from '../../src/contract/release-file.ts';
import { toReleaseSpec } from '../../src/contract/release-spec.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { toPlanOutput } from '../../src/toolsets/release/plan-output.ts';
import { DEFAULTS } from '../support/fake-gateway.ts';

const fileOf = (analysis: unknown) => ({ target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v2', analysis });
const specOf = (analysis: unknown) =>
  toReleaseSpec(parseReleaseFile(releaseFile, fileOf(analysis), 'canary'), 'prod', DEFAULTS);

const LIMIT = { kind: 'limit', name: 'cpu', query: 'up', max: 2 };
const PAIR = { kind: 'pair', name: 'queue', query: 'queue{service="{{args.service}}"}', max_ratio: 1.5 };
const GAUGE = { kind: 'gauge', name: 'load', query: 'load{new}', stable_query: 'load{old}' };
const TEMPLATE = { kind: 'template', name: 'argo', template: 'success-rate' };

describe('what a release file may ask', () => {
  test('every kind, with its defaults', () => {
    expect(specOf({ metrics: [LIMIT, PAIR, GAUGE, TEMPLATE] }).analysis).toMatchObject({
      warmUpMs: 15_000,
      metrics: [
        { kind: 'limit', name: 'cpu', query: 'up', intervalMs: 15_000, max: 2 },
        {
          kind: 'pair',
          name: 'queue',
          candidateQuery: 'queue{service="{{args.candidate_service}}"}',
          stableQuery: 'queue{service="{{args.stable_service}}"}',
          intervalMs: 15_000,
          maxRatio: 1.5,
        },
        {
          kind: 'gauge',
          name: 'load',
          candidateQuery: 'load{new}',
          stableQuery: 'load{old}',
          intervalMs: 15_000,
          worse: 'higher',
          confidence: 0.98,
          tolerance: 0.25,
          minSamples: 10,
        },
        { kind: 'template', name: 'argo', template: 'success-rate', clusterScope: false, args: {} },
      ],
    });
  });

  test('everything that each kind can say, and a plan shows it', () => {
    const metrics = [
      { ...LIMIT, min: 1, interval: '30s' },
      { kind: 'pair', name: 'queue', query: 'a', stable_query: 'b', max_increase: 0, interval: '5s' },
      { ...GAUGE, worse: 'lower', confidence: 0.95, tolerance: 0, min_samples: 20, interval: '1m' },
      { ...TEMPLATE, cluster_scope: true, args: { service: '{{args.candidate_service}}' } },
    ];
    const spec = specOf({ metrics, warm_up: '5s', p50_ms: 20, p90_ms: 50, p95_ms: 90, p99_ms: 200 });
    expect(spec.analysis).toMatchObject({ warmUpMs: 5_000, maxP95Ms: 90, maxQuantileMs: { 50: 20, 90: 50, 99: 200 } });
    expect(toPlanOutput('release/x', spec, { checks: [], would: 'refuse' }).limits).toMatchObject({
      p50_ms: 20,
      p90_ms: 50,
      p95_ms: 90,
      p99_ms: 200,
      warm_up: '5s',
      metrics,
    });
  });

  test('a file without metrics is as it was', () => {
    expect(specOf({})).not.toHaveProperty('analysis.metrics');
    expect(specOf({})).not.toHaveProperty('analysis.maxQuantileMs');
    expect(specOf({ judge: 'limits' })).not.toHaveProperty('analysis.warmUpMs');
  });
});

test.each<[string, unknown, string]>([
  ['no kind', { name: 'cpu' }, 'analysis.metrics.0.kind: must be one of limit, pair, gauge, template'],
  ['an unknown kind', { ...LIMIT, kind: 'guess' }, 'analysis.metrics.0.kind: must be one of'],
  ['an inherited kind', { ...LIMIT, kind: 'toString' }, 'analysis.metrics.0.kind: must be one of'],
  ['no object', 'up > 1', 'analysis.metrics.0.kind: must be one of'],
  ['null', null, 'analysis.metrics.0.kind: must be one of'],
  [
    'an unknown field',
    { ...LIMIT, maxx: 1 },
    'analysis.metrics.0.maxx: unknown field; did you mean analysis.metrics.0.max?',
  ],
  ["another kind's field", { ...LIMIT, max_ratio: 1 }, 'analysis.metrics.0.max_ratio: unknown field'],
  ['no name', { ...LIMIT, name: undefined }, 'analysis.metrics.0.name: is missing'],
  ['a name with spaces', { ...LIMIT, name: 'a b' }, 'analysis.metrics.0.name: must be 1 to 63'],
  [
    'a name of ours',
    { ...LIMIT, name: 'errors' },
    'analysis.metrics.0.name: errors is the name of a built-in judgement',
  ],
  ['another name of ours', { ...LIMIT, name: 'slow-300ms' }, 'built-in judgement'],
  ['no query', { ...LIMIT, query: undefined }, 'analysis.metrics.0.query: is missing'],
  ['an empty query', { ...LIMIT, query: ' ' }, 'analysis.metrics.0.query: must not be empty'],
  [
    'a query that is too long',
    { ...LIMIT, query: 'x'.repeat(4001) },
    'analysis.metrics.0.query: must not be longer than 4000',
  ],
  ['no limit', { ...LIMIT, max: undefined }, 'analysis.metrics.0.max: is missing: give max, min or both'],
  ['a limit that is no number', { ...LIMIT, max: '2' }, 'analysis.metrics.0.max: must be a number'],
  ['an infinite limit', { ...LIMIT, max: Infinity }, 'analysis.metrics.0.max'],
  ['NaN', { ...LIMIT, max: Number.NaN }, 'analysis.metrics.0.max'],
  [
    'limits that exclude everything',
    { ...LIMIT, min: 3 },
    'analysis.metrics.0.min: 3 is above max 2: nothing could pass',
  ],
  [
    'an interval that is too short',
    { ...LIMIT, interval: '500ms' },
    'analysis.metrics.0.interval: must be from 1s to 1h',
  ],
  [
    'an interval without a unit',
    { ...LIMIT, interval: 5 },
    'analysis.metrics.0.interval: must be a duration with a unit',
  ],
  ['neither ratio nor increase', { ...PAIR, max_ratio: undefined }, 'analysis.metrics.0.max_ratio: is missing'],
  [
    'ratio and increase',
    { ...PAIR, max_increase: 1 },
    'analysis.metrics.0.max_increase: give max_ratio or max_increase, not both',
  ],
  ['a ratio of 0', { ...PAIR, max_ratio: 0 }, 'analysis.metrics.0.max_ratio: must be above 0'],
  [
    'a negative increase',
    { ...PAIR, max_ratio: undefined, max_increase: -1 },
    'analysis.metrics.0.max_increase: must not be negative',
  ],
  [
    'the same query for both',
    { ...PAIR, query: 'up' },
    'analysis.metrics.0.query: is the same query for both versions: use {{args.service}}',
  ],
  [
    'the same query twice',
    { ...GAUGE, stable_query: 'load{new}' },
    'analysis.metrics.0.stable_query: is the same as query',
  ],
  ['a confidence of 1', { ...GAUGE, confidence: 1 }, 'analysis.metrics.0.confidence: must be from 0.5 to below 1'],
  ['a negative tolerance', { ...GAUGE, tolerance: -0.1 }, 'analysis.metrics.0.tolerance: must be from 0 to 1'],
  ['too few samples', { ...GAUGE, min_samples: 2 }, 'analysis.metrics.0.min_samples: must be from 5 to 1000'],
  [
    'a wrong direction',
    { ...GAUGE, worse: 'highr' },
    'analysis.metrics.0.worse: highr is not one of higher, lower; did you mean higher?',
  ],
  [
    'an unknown argument',
    { ...LIMIT, query: 'up{x="{{args.servce}}"}' },
    'analysis.metrics.0.query: {{args.servce}} is not known; there are {{args.namespace}}',
  ],
  [
    "an arm's argument without arms",
    { ...LIMIT, query: 'up{x="{{args.service}}"}' },
    'analysis.metrics.0.query: {{args.service}} is not known',
  ],
  ['another placeholder', { ...GAUGE, query: '{{inputs.x}}' }, 'analysis.metrics.0.query: {{inputs.x}} is not known'],
  ['no template', { ...TEMPLATE, template: undefined }, 'analysis.metrics.0.template: is missing'],
  ['a name that no template has', { ...TEMPLATE, template: 'Success Rate' }, 'analysis.metrics.0.template'],
  [
    'an argument of a template that is not known',
    { ...TEMPLATE, args: { service: '{{args.servce}}' } },
    'analysis.metrics.0.args.service: {{args.servce}} is not known',
  ],
])('%s is refused with its path', (_, metric, message) => {
  expect(() => specOf({ metrics: [metric] })).toThrow(SluiceError);
  expect(() => specOf({ metrics: [metric] })).toThrow(message);
});

test('a name that is used twice is refused, and all problems are told at once', () => {
  const wrong = () => specOf({ metrics: [LIMIT, { ...PAIR, name: 'cpu', max_ratio: -1 }], p99_ms: 0, p50_ms: 1e9 });
  expect(wrong).toThrow('analysis.metrics.1.name: cpu is already the name of analysis.metrics.0');
  expect(wrong).toThrow('analysis.metrics.1.max_ratio: must be above 0');
  expect(wrong).toThrow('analysis.p99_ms');
  expect(wrong).toThrow('analysis.p50_ms');
});

test('more than twenty metrics are refused', () => {
  expect(() =>
    specOf({ metrics: Array.from({ length: 21 }, (_, index) => ({ ...LIMIT, name: `m${index}` })) }),
  ).toThrow('analysis.metrics');
});
