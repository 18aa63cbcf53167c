import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Worker, type WorkerInterceptors } from '@temporalio/worker';
import { tracedActivities } from '../../src/entry/traced-activities.ts';
import { tracedClient } from '../../src/entry/traced-client.ts';
import { createTracing, type RunningTracing } from '../../src/observability/tracing/sdk.ts';
import { inSpan, useTracing } from '../../src/observability/tracing/spans.ts';
import { continued, continuing } from '../support/continued-release.ts';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { recordHistory } from '../support/workflow-history.ts';
import { QueueStage } from '../support/workflow-queue.ts';
import { TEST_MS, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

let receiver: OtlpReceiver;
let tracing: RunningTracing;
beforeEach(async () => {
  receiver = await startOtlpReceiver();
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = receiver.endpoint;
  const sampler = { ratio: 1, followed: true };
  tracing = createTracing({ service: 'test', version: '1', sampler, onSending: () => undefined });
  useTracing(tracing);
});
afterEach(async () => {
  useTracing(undefined);
  Reflect.deleteProperty(process.env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  await tracing.close();
  await receiver.close();
});

/** A busy machine answers late. */
const ANSWER_MS = 30_000;
const HELD = { manualPromotion: true } as const;
const TRACED = { client: [tracedClient()], worker: { activity: [tracedActivities] } satisfies WorkerInterceptors };

async function withStage(scenario: Scenario, body: (one: QueueStage) => Promise<void>): Promise<void> {
  const one = new QueueStage(temporal, scenario, TRACED);
  scenario.prepare?.(one.release);
  try {
    await one.work();
    await body(one);
  } finally {
    await one.close();
  }
}

/** As a call of a person. The span has the name. */
const call = <T>(name: string, work: () => Promise<T>): Promise<T> => inSpan(name, { kind: 'server' }, work);

/** The names of the activities of each call, as `call: activities`. */
async function activitiesOf(...calls: readonly string[]): Promise<Record<string, string[]>> {
  await tracing.flush();
  const traceOf = (name: string) => receiver.spans.find((span) => span.name === name)?.traceId;
  const activities = receiver.spans.filter(({ name }) => name.startsWith('RunActivity:'));
  return Object.fromEntries(
    calls.map((name) => [name, activities.filter(({ traceId }) => traceId === traceOf(name)).map(shortName)]),
  );
}

const shortName = ({ name }: ReceivedSpan): string => name.replace('RunActivity:', '');
const asks = (version: string) => (view: { state: string; spec: { image: string } }) =>
  view.state === 'waiting-for-decision' && view.spec.image === `shop:${version}`;

/** The present code carries the run on, with the interceptors of the bundle. */
async function expectReplay(workflowId: string, runId?: string): Promise<void> {
  const history = await temporal.client.workflow.getHandle(workflowId, runId).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: { codePath: temporal.codePath } }, history, workflowId);
}

describe('the cause of an activity', () => {
  test('is the start, and then the command that was carried out; a refused one causes nothing', () =>
    withStage({}, async (one) => {
      await call('start', () => one.start('v2', undefined, HELD));
      await one.until('v2 asks', asks('v2'));
      const refused = { name: 'resume', requestId: 'r', who: 'ann' } as const;
      await call('refused', () => one.gateway.command(one.id, refused, ANSWER_MS).catch(() => undefined));
      await call('promote', () =>
        one.gateway.command(one.id, { ...refused, name: 'promote', requestId: 'p' }, ANSWER_MS),
      );
      await one.until('v2 has ended', ({ closedAt }) => closedAt !== undefined);

      const found = await activitiesOf('start', 'refused', 'promote');
      expect(found['start']).toEqual(expect.arrayContaining(['preflight', 'start', 'judge']));
      expect(found['refused']).toEqual([]);
      expect(found['promote']).toEqual(expect.arrayContaining(['promote', 'settle', 'unclaim']));
      const begun = receiver.spans.find(({ name }) => name === 'StartWorkflow:release');
      const settle = receiver.spans.find(({ name }) => name === 'RunActivity:settle');
      expect(settle?.links).toEqual([begun?.spanId]);
      await expectReplay(one.id);
      await recordHistory('traced', temporal.client.workflow.getHandle(one.id));
    }));

  test('stays the same in the run that continues the release', () =>
    withStage(continuing({ spec: HELD }), async (one) => {
      await call('start', () => one.start('v2', undefined, HELD));
      await one.until('v2 asks', asks('v2'));
      const [before = '', after = ''] = await continued(one.release, async (number) => {
        for (const name of ['pause', 'resume'] as const) {
          const command = { name, requestId: `${name}-${number}`, who: 'ann' };
          await call(`${name}-${number}`, () => one.gateway.command(one.id, command, ANSWER_MS));
        }
      });
      await one.gateway.command(one.id, { name: 'abort', requestId: 'a', who: 'ann' }, ANSWER_MS);
      await one.until('v2 has ended', ({ closedAt }) => closedAt !== undefined);
      await tracing.flush();

      const begun = receiver.spans.find(({ name }) => name === 'StartWorkflow:release');
      // A span arrives when it has ended, and a long activity of an earlier command may end last.
      const later = receiver.spans
        .filter(({ attributes }) => attributes['run_id'] === after)
        .toSorted((a, b) => a.startedAt - b.startedAt);
      const last = receiver.spans.filter(({ name }) => name.startsWith('resume-')).at(-1);
      expect(later.at(-1)?.traceId).toBe(last?.traceId);
      // The run may continue before the last commands arrive: then they are carried out by the later run, in turn.
      const commands = receiver.spans.filter(({ name }) => /^(pause|resume)-/.test(name)).map(({ traceId }) => traceId);
      expect(later.filter(({ traceId }) => !commands.includes(traceId))).toEqual([]);
      expect(new Set(later.flatMap(({ links }) => links))).toEqual(new Set([begun?.spanId]));
      await expectReplay(one.id, before);
      await expectReplay(one.id, after);
      await recordHistory('traced-continues', temporal.client.workflow.getHandle(one.id, after));
    }));

  test('is for each release that waited the call that queued it', () =>
    withStage({}, async (one) => {
      await call('v2', () => one.start('v2', undefined, HELD));
      await one.until('v2 asks', asks('v2'));
      await call('v3', () => one.start('v3', 'queue'));
      await one.start('v4', 'queue');
      await call('v5', () => one.start('v5', 'queue'));
      await call('promote', () =>
        one.gateway.command(one.id, { name: 'promote', requestId: 'p', who: 'ann' }, ANSWER_MS),
      );
      await one.until('v5 has ended', ({ closedAt, spec }) => closedAt !== undefined && spec.image === 'shop:v5');
      await one.untilQueue('it has ended', (seen) => seen?.waiting.length === 0);

      const found = await activitiesOf('v2', 'v3', 'promote', 'v5');
      const whole = ['awaitTarget', 'startQueued', 'preflight', 'start', 'settle'];
      expect(found['v3']).toEqual(expect.arrayContaining(whole));
      expect(found['v5']).toEqual(expect.arrayContaining(whole));
      expect(found['promote']).not.toEqual(expect.arrayContaining(['startQueued']));
      // The call that queued v4 had no trace. Its release begins one, at the activity that starts it.
      const starts = receiver.spans.filter(({ name }) => name === 'RunActivity:startQueued');
      expect(starts.map(({ parentId }) => parentId === '')).toEqual([false, true, false]);
      await expectReplay(one.id.replace('release/', 'queue/'));
      await recordHistory('traced-queue', temporal.client.workflow.getHandle(one.id.replace('release/', 'queue/')));
    }));
});
