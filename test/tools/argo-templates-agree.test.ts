import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createJudge } from '../../activities/analysis.ts';
import { createTemplates } from '../../src/adapters/analysis-templates/index.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { ANALYSIS_RUN, ANALYSIS_TEMPLATE, CLUSTER_ANALYSIS_TEMPLATE } from '../../src/adapters/kubernetes/kinds.ts';
import { createEvidence } from '../../src/evidence/prometheus/evidence.ts';
import type { TemplateMetric } from '../../src/domain/analysis/metric-spec.ts';
import { resolveTemplate } from '../../src/domain/analysis/template/resolve.ts';
import type { ResolvedTemplate } from '../../src/domain/analysis/template/resolved.ts';
import type { Verdict } from '../../src/domain/analysis/verdict.ts';
import { readTemplates } from '../../src/planning/templates.ts';
import type { Ports } from '../../src/ports/index.ts';
import { releaseSpec } from '../support/builders.ts';
import { ObjectsStage } from '../support/argo-objects-stage.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(300_000);

let stage: ObjectsStage;
let address: string;
let ports: Ports;

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  stage = new ObjectsStage(sandbox);
  address = sandbox.prometheusUrl;
  const clusters = createClusters({ kubeconfig: sandbox.kubeconfig });
  ports = {
    evidence: createEvidence({ url: address }),
    templates: createTemplates(clusters),
    split: {},
    now: Date.now,
  } as unknown as Ports;
  await stage.open();
}, 900_000);

afterAll(() => stage.close(), 60_000);

interface Case {
  readonly query: string;
  readonly success?: string;
  readonly failure?: string;
  readonly more?: object;
  readonly spec?: object;
}

let count = 0;

/** The template as people write it, in the cluster. */
async function made({ query, success, failure, more, spec }: Case): Promise<string> {
  const name = `agree-${(count += 1)}`;
  const metric = {
    name: 'share',
    provider: { prometheus: { address, query } },
    ...(success === undefined ? {} : { successCondition: success }),
    ...(failure === undefined ? {} : { failureCondition: failure }),
    ...more,
  };
  await stage.apply(ANALYSIS_TEMPLATE, name, { spec: { metrics: [metric], ...spec } });
  return name;
}

/** What Argo makes of it, in an AnalysisRun of the same spec. */
async function byArgo(name: string): Promise<string> {
  const { spec } = await stage.get(ANALYSIS_TEMPLATE, name);
  await stage.apply(ANALYSIS_RUN, name, { spec });
  return eventually(
    `the run of ${name} ends`,
    async () => {
      const { status } = (await stage.get(ANALYSIS_RUN, name)) as { status?: { phase?: string; completedAt?: string } };
      return status?.completedAt ? status.phase : undefined;
    },
    { timeoutMs: 90_000 },
  );
}

const REQUEST: TemplateMetric = { kind: 'template', name: 'argo', template: '', clusterScope: false, args: {} };
const SINCE_MS = 30_000;

/**
 * What a release makes of it: read from the cluster, resolved as preflight does, measured and judged as the activity
 * does.
 */
async function bySluice(template: string): Promise<Verdict> {
  const { minSuccessRatio: _ratio, maxP95Ms: _p95, ...limits } = releaseSpec().analysis;
  const target = { cluster: stage.sandbox.context, namespace: stage.namespace, rollout: 'web' };
  const analysis = { ...limits, metrics: [{ ...REQUEST, template }] };
  const [facts] = await readTemplates(ports.templates, { target, analysis });
  const arm = { service: 'none', metricsService: 'none' };
  const plan = {
    candidate: arm,
    stable: arm,
    stableHash: 'old',
    templates: [resolved(facts?.spec, { ...REQUEST, template })],
  };
  const owner = { releaseId: 'release/c/shop/web', runId: template };
  const scene = { owner, target, plan } as unknown as Parameters<ReturnType<typeof createJudge>>[0]['scene'];
  return (await createJudge(ports)({ scene, limits: analysis, from: Date.now() - SINCE_MS })).verdict;
}

function resolved(spec: unknown, metric: TemplateMetric): ResolvedTemplate {
  const resolution = resolveTemplate(spec, metric, { namespace: stage.namespace, rollout: 'web' });
  if ('problems' in resolution) throw new Error(resolution.problems.join('; '));
  return resolution.template;
}

const THRICE = { interval: '1s', count: 3 };
const SEVERAL = 'label_replace(vector(1), "x", "a", "", "") or label_replace(vector(0.7), "x", "b", "", "")';

/** Each template run by Argo's own controller and judged by ours. */
describe('a template means the same to Argo and to a release', () => {
  const SAME = { Successful: 'pass', Failed: 'fail', Inconclusive: 'inconclusive' } as const;

  test.each<[string, Case, keyof typeof SAME]>([
    ['a success', { query: 'vector(0.97)', success: 'result[0] >= 0.95', more: THRICE }, 'Successful'],
    ['a failure', { query: 'vector(0.9)', success: 'result[0] >= 0.95', more: THRICE }, 'Failed'],
    [
      'between two conditions',
      { query: 'vector(0.7)', success: 'result[0] >= 0.9', failure: 'result[0] < 0.5', more: THRICE },
      'Inconclusive',
    ],
    ['a failure condition alone', { query: 'vector(0.7)', failure: 'result[0] < 0.5' }, 'Successful'],
    [
      'tolerated failures, and no more',
      { query: 'vector(0)', success: 'result[0] > 0', more: { ...THRICE, failureLimit: 2 } },
      'Failed',
    ],
    [
      'tolerated inconclusive measurements, and no more',
      {
        query: 'vector(0.7)',
        success: 'result[0] >= 0.9',
        failure: 'result[0] < 0.5',
        more: { ...THRICE, inconclusiveLimit: 1 },
      },
      'Inconclusive',
    ],
    [
      'successes in a row',
      { query: 'vector(1)', success: 'result[0] > 0', more: { interval: '1s', consecutiveSuccessLimit: 2 } },
      'Successful',
    ],
    [
      'never in a row',
      {
        query: 'vector(0)',
        success: 'result[0] > 0',
        more: { ...THRICE, failureLimit: -1, consecutiveSuccessLimit: 2 },
      },
      'Failed',
    ],
    ['one number', { query: 'scalar(vector(0.97))', success: 'result >= 0.95' }, 'Successful'],
    ['numbers computed', { query: 'scalar(vector(3)) / 2 - 1', success: 'result == 0.5' }, 'Successful'],
    ['all of several series', { query: SEVERAL, success: 'all(result, # >= 0.7)' }, 'Successful'],
    ['any of several series', { query: SEVERAL, success: 'all(result, {# > 0.7})' }, 'Failed'],
    [
      'counts, ranges and conditionals',
      { query: SEVERAL, success: 'len(result) == 2 && count(result, # == 1) in 1..2 ? not (sum(result) > 2) : false' },
      'Successful',
    ],
    [
      'functions of Argo',
      {
        query: 'vector(2.9)',
        success:
          'asInt(result[0]) == 2 and asFloat(result[0]) > 2.5 and not isNaN(result[0]) and !isInf(result[0]) and !isNil(result)',
      },
      'Successful',
    ],
    ['a chain of comparisons', { query: 'vector(0.5)', success: '0 < result[0] < 0.6' }, 'Successful'],
    [
      'signs and powers',
      { query: 'vector(4)', success: '-result[0] ** 2 == -16 and 2 + 3 * 2 ^ 2 == 14 and 1 / 2 == 0.5' },
      'Successful',
    ],
    ['a delay', { query: 'vector(1)', success: 'result[0] > 0', more: { initialDelay: '2s' } }, 'Successful'],
    [
      'arguments with values',
      {
        query: 'vector({{args.value}})',
        success: 'result[0] > {{ args.limit }}',
        more: { interval: '1s', count: '{{args.count}}' },
        spec: {
          args: [
            { name: 'value', value: '5' },
            { name: 'limit', value: '4' },
            { name: 'count', value: '2' },
          ],
        },
      },
      'Successful',
    ],
    ['real counters', { query: 'count(up)', success: 'result[0] >= 1' }, 'Successful'],
    [
      'NaN that its author has thought of',
      { query: 'vector(0) / vector(0)', failure: 'isNaN(result[0]) || result[0] > 1' },
      'Failed',
    ],
    [
      'a dry run that fails',
      {
        query: 'vector(0)',
        success: 'result[0] > 0',
        spec: {
          metrics: [
            {
              name: 'dry',
              provider: { prometheus: { address: 'http://127.0.0.1:1', query: 'vector(0)' } },
              successCondition: 'result[0] > 0',
              consecutiveErrorLimit: 0,
            },
            {
              name: 'good',
              provider: { prometheus: { address: 'ADDRESS', query: 'vector(1)' } },
              successCondition: 'result[0] > 0',
            },
          ],
          dryRun: [{ metricName: 'dr.' }],
        },
      },
      'Successful',
    ],
  ])('%s', async (_, one, phase) => {
    const name = await made(JSON.parse(JSON.stringify(one).replaceAll('ADDRESS', address)) as Case);

    const [argo, sluice] = await Promise.all([byArgo(name), bySluice(name)]);

    expect([argo, sluice.outcome, sluice.reason]).toEqual([phase, SAME[phase], expect.any(String)]);
  });
});

/**
 * Where nothing was measured Argo says success or failure, by chance of the wording; a release says that there is no
 * data.
 */
describe('where Argo would be trapped, a release has no data', () => {
  test.each<[string, Case, string]>([
    [
      'nothing, called a success',
      { query: 'nothing_of_that_name', success: 'len(result) == 0 || result[0] > 0' },
      'Successful',
    ],
    ['nothing, asked for all', { query: 'nothing_of_that_name', success: 'all(result, # > 0)' }, 'Successful'],
    ['NaN with a failure condition', { query: 'vector(0) / vector(0)', failure: 'result[0] > 1' }, 'Successful'],
    ['NaN with a success condition', { query: 'vector(0) / vector(0)', success: 'result[0] < 1' }, 'Failed'],
    [
      'NaN, called a success',
      { query: 'vector(0) / vector(0)', success: 'isNaN(result[0]) || result[0] < 1' },
      'Successful',
    ],
    [
      'nothing',
      { query: 'nothing_of_that_name', success: 'result[0] > 0', more: { consecutiveErrorLimit: 0 } },
      'Error',
    ],
    ['any of several series', { query: SEVERAL, success: 'result[0] >= 0.7' }, 'Successful'],
  ])('%s', async (_, one, phase) => {
    const name = await made(one);

    const [argo, sluice] = await Promise.all([byArgo(name), bySluice(name)]);

    expect([argo, sluice.outcome]).toEqual([phase, 'no-data']);
  });
});

test('a ClusterAnalysisTemplate is read, too; one that is not there is a problem of the plan', async () => {
  const name = `agree-${stage.namespace}`;
  const ref = { kind: CLUSTER_ANALYSIS_TEMPLATE, name };
  const spec = {
    metrics: [
      { name: 'share', successCondition: 'result[0] > 0', provider: { prometheus: { address, query: 'vector(1)' } } },
    ],
  };
  await stage.client.apply(
    ref,
    { apiVersion: 'argoproj.io/v1alpha1', kind: ref.kind.name, metadata: { name }, spec },
    { fieldManager: 'test' },
  );
  const read = (template: string) =>
    readTemplates(ports.templates, {
      target: { cluster: stage.sandbox.context, namespace: stage.namespace, rollout: 'web' },
      analysis: { ...releaseSpec().analysis, metrics: [{ ...REQUEST, template, clusterScope: true }] },
    });

  const [found] = await read(name);
  const [absent] = await read('agree-nowhere');
  const { metadata } = (await stage.client.get(ref)) as { metadata: { uid: string } };
  await stage.client.remove(ref, metadata);

  expect(found?.spec).toMatchObject(spec);
  expect(absent).toMatchObject({ problem: expect.stringContaining('agree-nowhere') });
});
