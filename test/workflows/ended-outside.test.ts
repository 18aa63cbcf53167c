import { afterAll, expect, jest, test } from '@jest/globals';
import type { WorkflowFailedError } from '@temporalio/client';
import { RELEASE_WORKFLOW } from '../../workflows/messages.ts';
import type { Recover } from '../../src/domain/release/plan.ts';
import type { ReleaseView } from '../../src/domain/release/view.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, scenario, body);
const forPromotion = (one: ReleaseUnderTest) => one.until((view) => view.waiting?.for === 'promotion');
const manual = { spec: { manualPromotion: true } } as const;

/** Starts a run of the workflow by hand, as Temporal's CLI does, and answers with what it failed with. */
async function failureOf(one: ReleaseUnderTest, workflowId: string, input: unknown): Promise<unknown> {
  const { client } = one.temporal;
  const options = { workflowId, taskQueue: one.taskQueue, args: [input] };
  const handle = await client.workflow.start(RELEASE_WORKFLOW, options);
  return handle.result().catch((error: unknown) => (error as WorkflowFailedError).cause);
}

test.concurrent(
  'a start by hand with half an input, or under another id, ends at once and names the field',
  release({}, async (one) => {
    await one.handle.terminate('only the worker is needed');
    const elsewhere = `${one.id}-2026-11-28T21:35:55Z`;

    expect(await failureOf(one, one.id, {})).toMatchObject({ type: 'INVALID_INPUT', message: 'spec: is missing' });
    expect(await failureOf(one, elsewhere, one.input)).toMatchObject({
      type: 'INVALID_INPUT',
      message: expect.stringMatching(/workflow id: must be .*release_schedule/),
    });
    expect(one.world.events).toEqual([]);
  }),
);

test.concurrent(
  'a start by hand with the least that is needed is as careful as any',
  release({}, async (one) => {
    await one.handle.terminate('started again with less');
    const { target, image, strategy } = one.input.spec;
    const args = [{ spec: { target, image, strategy, analysis: one.input.spec.analysis } }];
    await temporal.client.workflow.start(RELEASE_WORKFLOW, { workflowId: one.id, taskQueue: one.taskQueue, args });
    one.handle = temporal.client.workflow.getHandle(one.id);

    const view = await forPromotion(one);

    expect(view).toMatchObject({ startedBy: 'unknown (started in Temporal)', spec: { manualPromotion: true } });
    await one.update('abort');
    await one.ended();
  }),
);

/** Resets the run to its beginning, as `temporal workflow reset --type FirstWorkflowTask` does. */
async function resetToBeginning(one: ReleaseUnderTest): Promise<void> {
  const { runId } = await one.handle.describe();
  await temporal.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: one.id, runId },
    workflowTaskFinishEventId: 4 as never,
    requestId: `reset-${one.id}`,
    reason: 'test',
  });
  one.handle = temporal.client.workflow.getHandle(one.id);
}

for (const strategy of ['canary', 'blue-green'] as const)
  test.concurrent(
    `a ${strategy} release that is reset to its beginning takes the traffic back, and keeps run id and journal`,
    release({ record: `reset-${strategy}`, ...manual, world: { strategy } }, async (one) => {
      const before = await forPromotion(one);
      await resetToBeginning(one);

      expect(await one.ended()).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringContaining('began anew while the release was waiting-for-decision'),
      });
      const after = await one.view();
      expect(after.runId).toBe(before.runId);
      expect(one.world.snapshot()).toMatchObject({
        image: 'shop:v1',
        weight: 0,
        rolloutOwner: undefined,
        trafficOwner: undefined,
      });
      const texts = one.journal.entries.flatMap(({ kind, data }) => (kind === 'event' ? [data.text] : []));
      expect(texts.filter((text) => text.startsWith('weight'))).not.toEqual([]);
      expect(texts.some((text) => text.includes('traffic is back on'))).toBe(true);
    }),
  );

for (const strategy of ['canary', 'blue-green'] as const)
  test.concurrent(
    `a ${strategy} release that is reset while it is aborted takes the traffic back, although the abort comes again first`,
    release({ record: `reset-aborting-${strategy}`, ...manual, world: { strategy } }, async (one) => {
      await forPromotion(one);
      one.world.failCluster(1_000_000, 'CLUSTER_UNREACHABLE');
      await one.signal('abort');
      await one.until('aborting');
      await resetToBeginning(one);
      one.world.failCluster(0, 'CLUSTER_UNREACHABLE');

      expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
      expect(one.world.snapshot()).toMatchObject({
        image: 'shop:v1',
        weight: 0,
        rolloutOwner: undefined,
        trafficOwner: undefined,
      });
      expect((await one.view()).commands).toMatchObject([{ command: 'abort', outcome: 'applied' }]);
    }),
  );

function leftBehind({ plan, newHash, stepIndex, weightWanted }: ReleaseView): Recover {
  if (!plan) throw new Error('the release has no plan');
  return { plan, stepIndex, weightWanted, reason: 'terminated at 25', ...(newHash !== undefined && { newHash }) };
}

for (const strategy of ['canary', 'blue-green'] as const)
  test.concurrent(
    `what a terminated ${strategy} release left behind is taken over and put back by a run that recovers it`,
    release({ record: `recover-${strategy}`, ...manual, world: { strategy } }, async (one) => {
      const recover = leftBehind(await forPromotion(one));
      await one.handle.terminate('by hand');
      const args = [{ ...one.input, requestId: 'recover', recover }];
      await temporal.client.workflow.start(RELEASE_WORKFLOW, { workflowId: one.id, taskQueue: one.taskQueue, args });
      one.handle = temporal.client.workflow.getHandle(one.id);

      expect(await one.ended()).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringContaining('terminated at 25'),
      });
      expect(one.world.snapshot()).toMatchObject({
        image: 'shop:v1',
        weight: 0,
        rolloutOwner: undefined,
        trafficOwner: undefined,
      });
    }),
  );

test.concurrent(
  'an abort of a run that recovers another one does not keep the traffic where it is',
  release({ ...manual }, async (one) => {
    const recover = leftBehind(await forPromotion(one));
    await one.handle.terminate('by hand');
    one.world.failCluster(1_000_000, 'CLUSTER_UNREACHABLE');
    const args = [{ ...one.input, requestId: 'recover', recover }];
    await temporal.client.workflow.start(RELEASE_WORKFLOW, { workflowId: one.id, taskQueue: one.taskQueue, args });
    one.handle = temporal.client.workflow.getHandle(one.id);
    await one.signal('abort');
    await one.until(
      ({ commands, events }) => commands.length > 0 || events.some(({ text }) => /aborted by/.test(text)),
    );
    one.world.failCluster(0, 'CLUSTER_UNREACHABLE');

    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0, rolloutOwner: undefined });
  }),
);

test.concurrent(
  'a target that was deleted ends its release, without a question that nobody could answer',
  release({ record: 'target-gone', ...manual }, async (one) => {
    await forPromotion(one);
    one.world.failCluster(1_000_000, 'ROLLOUT_NOT_FOUND');
    expect(await one.ended()).toMatchObject({
      state: 'superseded',
      reason: expect.stringContaining('the target is gone'),
    });
  }),
);

test.concurrent(
  'credentials that are refused for a moment end nothing',
  release({ ...manual }, async (one) => {
    await forPromotion(one);
    one.world.failCluster(3, 'FORBIDDEN');
    await one.update('promote');
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent(
  'a rollback that cannot go on asks, and is tried again by itself meanwhile',
  release({ record: 'rollback-tried-again', ...manual }, async (one) => {
    await forPromotion(one);
    one.world.failCluster(1_000_000, 'FORBIDDEN');
    await one.until('failed-needs-human');
    one.world.failCluster(0);
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
  }),
);

test.concurrent(
  'a preflight that finds no cluster ends at its deadline, and does not begin hours later',
  release(
    {
      record: 'preflight-deadline',
      spec: { timeouts: { stepMs: 1_500 } },
      prepare: (one) => one.world.failCluster(1_000_000, 'CLUSTER_UNREACHABLE'),
    },
    async (one) => {
      expect(await one.ended()).toMatchObject({
        state: 'refused',
        reason: expect.stringContaining('preflight: not within'),
      });
    },
  ),
);
