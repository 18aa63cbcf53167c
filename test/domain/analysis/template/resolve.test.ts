import { describe, expect, test } from '@jest/globals';
import type { TemplateMetric } from '../../../../src/domain/analysis/metric-spec.ts';
import { checkTemplates } from '../../../../src/domain/analysis/template/check-templates.ts';
import { isScalar } from '../../../../src/domain/analysis/template/conditions.ts';
import { resolveTemplate } from '../../../../src/domain/analysis/template/resolve.ts';

const VALUES = { namespace: 'shop', rollout: 'web', stable_hash: 'abc', candidate_service: 'web-canary' };
const REQUEST: TemplateMetric = { kind: 'template', name: 'argo', template: 'success', clusterScope: false, args: {} };
const METRIC = { name: 'share', provider: { prometheus: { query: 'up' } }, successCondition: 'result[0] > 0' };
const resolve = (spec: object, args: Record<string, string> = {}) =>
  resolveTemplate(spec, { ...REQUEST, args }, VALUES);
const ofMetric = (more: object, spec: object = {}) => resolve({ metrics: [{ ...METRIC, ...more }], ...spec });

describe('what is read', () => {
  test("Argo's defaults", () => {
    expect(ofMetric({})).toEqual({
      template: {
        name: 'argo',
        template: 'success',
        metrics: [
          {
            name: 'share',
            query: 'up',
            scalar: false,
            intervalMs: 10_000,
            initialDelayMs: 0,
            count: 1,
            failureLimit: 0,
            inconclusiveLimit: 0,
            consecutiveErrorLimit: 4,
            consecutiveSuccessLimit: 0,
            successCondition: 'result[0] > 0',
            dryRun: false,
          },
        ],
      },
    });
  });

  test('everything said, with arguments in texts and numbers', () => {
    const spec = {
      args: [
        { name: 'service' },
        { name: 'limit', value: '2' },
        { name: 'stable', valueFrom: { podTemplateHashValue: 'Stable' } },
        { name: 'new', valueFrom: { podTemplateHashValue: 'Latest' } },
        { name: 'own', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
      metrics: [
        {
          name: 'of-{{args.own}}',
          interval: '1m30s',
          initialDelay: '0.5s',
          count: '5',
          failureLimit: '{{ args.limit }}',
          inconclusiveLimit: 1,
          consecutiveErrorLimit: 2,
          consecutiveSuccessLimit: 3,
          successCondition: 'result >= {{args.limit}}',
          provider: {
            prometheus: {
              address: 'http://elsewhere:9090',
              timeout: 5,
              query: 'scalar(x{service="{{args.service}}", old="{{args.stable}}", new="{{args.new}}"})',
            },
          },
        },
      ],
      dryRun: [{ metricName: 'of-.*' }],
      measurementRetention: [{ metricName: '.*', limit: 5 }],
    };
    expect(resolve(spec, { service: '{{args.candidate_service}}' })).toMatchObject({
      template: {
        metrics: [
          {
            name: 'of-web',
            query: 'scalar(x{service="web-canary", old="abc", new="{{args.candidate_hash}}"})',
            scalar: true,
            intervalMs: 90_000,
            initialDelayMs: 500,
            count: 5,
            failureLimit: 2,
            inconclusiveLimit: 1,
            consecutiveErrorLimit: 2,
            consecutiveSuccessLimit: 3,
            successCondition: 'result >= 2',
            dryRun: true,
          },
        ],
      },
    });
  });

  test('an interval without a count has no end', () => {
    expect(ofMetric({ interval: '5s' })).not.toHaveProperty('template.metrics.0.count');
  });
});

test.each<[string, object, object, string]>([
  [
    'another provider',
    { provider: { datadog: { query: 'x' } } },
    {},
    'spec.metrics[0].provider.datadog: is not supported: templates are evaluated from Prometheus only',
  ],
  [
    'a range query',
    { provider: { prometheus: { query: 'x', rangeQuery: { step: '1m' } } } },
    {},
    'spec.metrics[0].provider.prometheus.rangeQuery: is not supported',
  ],
  [
    'no condition',
    { successCondition: undefined },
    {},
    'spec.metrics[0].successCondition: without a condition every measurement would be a success',
  ],
  [
    'a condition that is no expression',
    { successCondition: 'result[0] >' },
    {},
    'spec.metrics[0].successCondition: result[0] > cannot be evaluated: unexpected the end at column 12',
  ],
  [
    'a condition that calls what is not there',
    { failureCondition: 'exec("rm")' },
    {},
    'spec.metrics[0].failureCondition',
  ],
  ['a list compared with a number', { successCondition: 'result > 0.9' }, {}, 'write result[0]'],
  ['a number used as a list', { provider: { prometheus: { query: 'scalar(up)' } } }, {}, 'the query gives one number'],
  ['no name', { name: '' }, {}, 'spec.metrics[0].name: is missing'],
  ['no query', { provider: { prometheus: {} } }, {}, 'spec.metrics[0].provider.prometheus.query: is missing'],
  ['a wrong duration', { interval: '5 minutes' }, {}, 'spec.metrics[0].interval: 5 minutes is not a duration'],
  ['an interval that is too short', { interval: '1ms', count: 2 }, {}, 'spec.metrics[0].interval: must be at least 1s'],
  ['several measurements without an interval', { count: 3 }, {}, 'spec.metrics[0].interval: is missing'],
  ['a wrong number', { count: 'many' }, {}, 'spec.metrics[0].count: many is not a whole number from 0 on'],
  [
    'limits above the count',
    { count: 2, interval: '1s', failureLimit: 3 },
    {},
    'spec.metrics[0].count: must be at least failureLimit',
  ],
  [
    'what can never fail',
    { count: 2, interval: '1s', failureLimit: 2 },
    {},
    'spec.metrics[0].failureLimit: with 2 measurements it could never fail',
  ],
  [
    'what can never be inconclusive',
    { inconclusiveLimit: 1 },
    {},
    'spec.metrics[0].inconclusiveLimit: with 1 measurements it could never be inconclusive',
  ],
  [
    'no limit at all',
    { failureLimit: -1 },
    {},
    'spec.metrics[0].failureLimit: may be -1 only with a consecutiveSuccessLimit',
  ],
  ['an unknown field', { weighing: 1 }, {}, 'spec.metrics[0].weighing: is not supported'],
  [
    'a placeholder without an argument',
    { successCondition: 'result[0] > {{args.least}}' },
    {},
    'spec.metrics[0].successCondition: {{args.least}} is not an argument of the template',
  ],
  [
    'an argument without a value',
    {},
    { args: [{ name: 'service' }] },
    'spec.args[0]: service has no value; give it in args of the release file',
  ],
  [
    'a secret',
    {},
    { args: [{ name: 'token', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
    'spec.args[0].valueFrom: secretKeyRef is not supported',
  ],
  [
    'another field of the Rollout',
    {},
    { args: [{ name: 'x', valueFrom: { fieldRef: { fieldPath: 'spec.replicas' } } }] },
    'spec.args[0].valueFrom.fieldRef.fieldPath: spec.replicas is not supported',
  ],
  ['templates of templates', {}, { templates: [{ templateName: 'x' }] }, 'spec.templates: templates of templates'],
  ['a dry run of nothing', {}, { dryRun: [{ metricName: 'other' }] }, 'spec.dryRun[0].metricName: matches no metric'],
  [
    'a dangerous pattern',
    {},
    { dryRun: [{ metricName: '(a+)+$' }] },
    'spec.dryRun[0].metricName: is too long or too nested',
  ],
  ['a name twice', {}, { metrics: [METRIC, METRIC] }, 'spec.metrics: share is named twice'],
])('%s is refused', (_, more, spec, problem) => {
  expect(ofMetric(more, spec)).toMatchObject({ problems: expect.arrayContaining([expect.stringContaining(problem)]) });
});

test('an argument that the template does not have is refused, and nothing is no template', () => {
  expect(resolve({ metrics: [METRIC] }, { other: 'x' })).toMatchObject({
    problems: ['args.other: the template has no such argument; it has none'],
  });
  expect(resolveTemplate(undefined, REQUEST, VALUES)).toMatchObject({ problems: ['spec.metrics: there are none'] });
});

test.each([
  ['scalar(up)', true],
  ['scalar(sum(rate(x[1m]))) / scalar(sum(y)) * 100', true],
  ['time() - 1.5e3', true],
  ['1', true],
  ['up', false],
  ['sum(x) / scalar(y)', false],
  ['vector(1)', false],
  ['timestamp(up)', false],
  ['', false],
])('%s gives one number: %s', (query, scalar) => expect(isScalar(query)).toBe(scalar));

describe('the checks of a plan', () => {
  const check = (facts: object, patienceMs = 60_000) =>
    checkTemplates([{ metric: REQUEST, ...facts }], VALUES, patienceMs);

  test('a template that is understood is in the plan', () => {
    expect(check({ spec: { metrics: [METRIC] } })).toMatchObject({
      checks: [{ name: 'template success', ok: true, detail: expect.stringContaining('share') }],
      templates: [{ name: 'argo' }],
    });
  });

  test.each<[string, object, string]>([
    ['not there', { problem: 'AnalysisTemplate shop/success does not exist' }, 'does not exist'],
    ['not understood', { spec: { metrics: [{ ...METRIC, name: undefined }] } }, 'spec.metrics[0].name: is missing'],
    [
      'too slow for a step',
      { spec: { metrics: [{ ...METRIC, interval: '5m', count: 10 }] } },
      'share takes 2700 s, but a step is judged for 60 s',
    ],
  ])('%s', (_, facts, detail) =>
    expect(check(facts)).toMatchObject({
      checks: [{ ok: false, detail: expect.stringContaining(detail), next: expect.any(String) }],
      templates: [],
    }),
  );
});
