import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ANALYSIS_RUN, ANALYSIS_TEMPLATE } from '../../src/adapters/kubernetes/kinds.ts';
import { codeOf, failureOf, ObjectsStage, type Seen, type Stored } from '../support/argo-objects-stage.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(300_000);

let stage: ObjectsStage;
/** Argo runs beside the cluster, so it reaches Prometheus where the tests do. */
let address: string;

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  stage = new ObjectsStage(sandbox);
  address = sandbox.prometheusUrl;
  await stage.open();
}, 900_000);

afterAll(() => stage.close(), 60_000);

const BOTH = { success_condition: 'result[0] >= 0.9', failure_condition: 'result[0] < 0.5' };
const metric = (query: string, more: object = {}): object => ({ name: 'share', address, query, ...BOTH, ...more });
const setTemplate = (name: string, metrics: object[], more: object = {}): Promise<Seen> =>
  stage.about('argo_set_analysis_template', name, { metrics, ...more });

/** An AnalysisRun of the template's own spec, which Argo then runs. */
async function runOf(template: string): Promise<NonNullable<Stored['status']>> {
  const { spec } = await stage.get(ANALYSIS_TEMPLATE, template);
  await stage.apply(ANALYSIS_RUN, template, { spec });
  return eventually(`the run of ${template} ends`, async () => {
    const { status } = await stage.get(ANALYSIS_RUN, template);
    return status?.completedAt ? status : undefined;
  });
}

describe('writing', () => {
  test('made, the same again, changed: told as it is', async () => {
    const first = await setTemplate('obj-write', [metric('vector(1)')]);
    const again = await setTemplate('obj-write', [metric('vector(1)')]);
    const changed = await setTemplate('obj-write', [
      metric('vector(0)', { interval: '2s', count: 3, failure_limit: 1 }),
    ]);

    expect(first).toMatchObject({
      changed: true,
      effective: 'proved',
      after: { metrics: [{ name: 'share', query: 'vector(1)', address }] },
    });
    expect(first).not.toHaveProperty('before');
    expect(again).toMatchObject({ changed: false, effective: 'proved' });
    expect(changed).toMatchObject({
      changed: true,
      effective: 'proved',
      before: { metrics: [{ query: 'vector(1)' }] },
      after: { metrics: [{ query: 'vector(0)', interval: '2s', count: '3', failure_limit: '1' }] },
    });
  });

  test("another manager's fields are not taken without being told to; nothing is written before", async () => {
    await stage.apply(
      ANALYSIS_TEMPLATE,
      'obj-other',
      {
        spec: {
          metrics: [
            {
              name: 'theirs',
              provider: { prometheus: { query: 'vector(1)', address } },
              successCondition: 'result[0] > 0',
            },
          ],
        },
      },
      'their-gitops',
    );

    const refused = await failureOf(setTemplate('obj-other', [metric('vector(1)')]));
    const untouched = await stage.get(ANALYSIS_TEMPLATE, 'obj-other');
    const taken = await setTemplate('obj-other', [metric('vector(1)')], { take_over: true });

    expect(refused).toMatchObject({ code: 'FIELD_CONFLICT', details: { managers: ['their-gitops'] } });
    expect(untouched.spec.metrics[0]?.name).toBe('theirs');
    expect(taken).toMatchObject({ changed: true, effective: 'proved', before: { metrics: [{ name: 'theirs' }] } });
  });

  test('no namespace, no template', async () => {
    expect(
      await codeOf(
        stage.call('argo_set_analysis_template', {
          namespace: 'obj-nowhere',
          name: 'x',
          metrics: [metric('vector(1)')],
        }),
      ),
    ).toBe('NAMESPACE_NOT_FOUND');
  });
});

describe('what Argo makes of it', () => {
  const counted = { interval: '1s', count: 3 };

  test.each([
    ['enough', 'vector(1)', 'Successful'],
    ['too little', 'vector(0)', 'Failed'],
    ['between', 'vector(0.7)', 'Inconclusive'],
    ['without traffic', 'vector(0) / vector(0)', 'Inconclusive'],
    ['without data', 'nothing_of_that_name', 'Error'],
  ])('%s is %s and then %s', async (word, query, phase) => {
    const name = `obj-run-${word.replaceAll(' ', '-')}`;
    await setTemplate(name, [metric(query, { ...counted, consecutive_error_limit: 0 })]);

    const status = await runOf(name);

    expect(status).toMatchObject({ phase, metricResults: [{ name: 'share', phase }] });
    if (phase === 'Successful') expect(status.metricResults[0]).toMatchObject({ count: 3, successful: 3 });
  });

  test('counters of the real Prometheus, by an argument with a value', async () => {
    await setTemplate('obj-run-real', [metric('count(up{job=~"{{args.job}}"}) or vector(0)')], {
      args: [{ name: 'job', value: '.*' }],
    });

    expect(await runOf('obj-run-real')).toMatchObject({ phase: 'Successful' });
  });

  test.each([
    ['vector(1)', 'Successful', 'Paused'],
    ['vector(0)', 'Failed', 'Degraded'],
  ])('a Rollout that refers to it is judged by it: %s gives a run %s and a Rollout %s', async (query, phase, then) => {
    const name = `obj-judged-${phase.toLowerCase()}`;
    await setTemplate(name, [metric(query, counted)]);
    await stage.about('argo_create_rollout', name, {
      image: 'shop:v1',
      strategy: 'blue-green',
      replicas: 1,
      analysis_templates: [name],
    });
    await stage.until(name, 'Healthy', (status) => status.phase === 'Healthy');

    await stage.setImage(name, 'shop:v2');
    const seen = await stage.until(name, 'its analysis runs', ({ analysis }) => analysis.length > 0);
    const done = await stage.until(
      name,
      then,
      (status) => status.phase === then && status.analysis[0]?.status === phase,
    );
    const past = await stage.about('argo_get_rollout_history', name);

    expect(seen.analysis[0]).toMatchObject({ role: 'pre-promotion', run: expect.stringContaining(name) });
    expect(past.analysis_runs[0]).toMatchObject({
      phase,
      type: 'PrePromotion',
      run: done.analysis[0]?.run,
      metrics: [{ name: 'share', phase, last_value: expect.stringMatching(/^\[[01]\]$/) }],
    });
    expect(done.next).toMatch(then === 'Paused' ? /argo_promote_rollout/ : /argo_get_rollout_history/);
  });
});
