import { afterAll, expect, jest, test } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, TWO_STEPS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, scenario, body);
const forPromotion = (one: ReleaseUnderTest) => one.until((view) => view.waiting?.for === 'promotion');

test.concurrent(
  'Prometheus away holds the release, and it goes on by itself',
  release({ record: 'prometheus-away' }, async (one) => {
    await one.until('starting');
    one.world.metricsAway(true);
    const held = await one.until((view) => view.state === 'judging' && view.reason.startsWith('no data, holding'));
    expect(held.reason).toContain('Prometheus');
    one.world.metricsAway(false);
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent.each([false, true])(
  'API calls that fail, answered: %s, change nothing about the end',
  async (afterwards) => {
    await withRelease(temporal, { world: { steps: TWO_STEPS }, spec: { manualPromotion: true } }, async (one) => {
      await forPromotion(one);
      one.world.failCluster(3, 'CLUSTER_UNREACHABLE', afterwards);
      await one.update('promote', { all: true });
      one.world.failCluster(3, 'CONFLICT', afterwards);
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
      expect(one.world.events.filter((event) => event.startsWith('controller saw'))).toHaveLength(1);
    });
  },
);

test.concurrent(
  'a target that is not there ends the release with its code',
  release({ record: 'refused' }, async (one) => {
    one.world.failCluster(1, 'ROLLOUT_NOT_FOUND');
    expect(await one.ended()).toMatchObject({ state: 'refused', reason: expect.stringContaining('ROLLOUT_NOT_FOUND') });
  }),
);

test.concurrent(
  'a rollback that is forbidden asks for a human, and resume tries again',
  release({ record: 'needs-human', spec: { manualPromotion: true } }, async (one) => {
    await forPromotion(one);
    one.world.failCluster(1_000_000, 'FORBIDDEN');
    const view = await one.until('failed-needs-human');
    expect(view).toMatchObject({
      reason: expect.stringContaining('FORBIDDEN'),
      waiting: { for: 'human', answers: ['resume'] },
    });
    await one.update('resume');
    await one.until(
      (now) =>
        now.state === 'failed-needs-human' &&
        now.events.filter(({ text }) => text.includes('cannot go on')).length === 2,
    );
    one.world.failCluster(0);
    await one.update('resume');
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0 });
  }),
);

test.concurrent(
  'a rollback that takes too long says so, goes on, and starts anew on resume',
  release({ record: 'slow-rollback', spec: { manualPromotion: true, timeouts: { rollbackMs: 300 } } }, async (one) => {
    await forPromotion(one);
    one.world.lagReplica('traefik-1', Infinity);
    await one.signal('abort');
    await one.until('failed-needs-human');
    await one.update('resume');
    await one.until('aborting');
    one.world.lagReplica('traefik-1', 3);
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
  }),
);

test.concurrent(
  'a promotion that is finished too late may still be superseded',
  release({ record: 'too-late-superseded', spec: { manualPromotion: true } }, async (one) => {
    await forPromotion(one);
    one.world.lagReplica('traefik-1', Infinity);
    await one.update('promote');
    await one.world.until(({ weight, stableHash, podHash }) => weight === 0 && stableHash === podHash, 60_000);
    expect(await one.update('abort')).toMatchObject({ outcome: 'refused' });
    one.world.foreignImage('shop:v3');
    expect(await one.ended()).toMatchObject({ state: 'superseded' });
  }),
);

test.concurrent.each(['canary', 'blue-green'] as const)(
  'cancelling the workflow of a %s rolls back and closes it as cancelled',
  async (strategy) => {
    await withRelease(
      temporal,
      { record: `cancel-${strategy}`, spec: { manualPromotion: true, strategy } },
      async (one) => {
        await forPromotion(one);
        await one.handle.cancel();
        await expect(one.ended()).rejects.toThrow(WorkflowFailedError);
        expect((await one.handle.describe()).status.name).toBe('CANCELLED');
        expect(one.world.snapshot()).toMatchObject({
          image: 'shop:v1',
          weight: 0,
          phase: 'Healthy',
          rolloutOwner: undefined,
        });
        expect(one.world.violations).toEqual([]);
      },
    );
  },
);

test.concurrent(
  'cancelling before the start changes nothing',
  release({ record: 'cancel-approval', spec: { approval: true } }, async (one) => {
    await one.until('waiting-for-approval');
    await one.handle.cancel();
    await expect(one.ended()).rejects.toThrow(WorkflowFailedError);
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', rolloutOwner: undefined });
  }),
);

test.concurrent(
  'cancelling during a rollback does not stop it',
  release(
    { record: 'cancel-rollback', spec: { manualPromotion: true }, world: { abortScaleDownDelaySeconds: 100 } },
    async (one) => {
      await forPromotion(one);
      await one.signal('abort');
      await one.until('aborting');
      await one.handle.cancel();
      expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
      expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0 });
    },
  ),
);

test.concurrent(
  'a target has one release at a time',
  release({ spec: { manualPromotion: true } }, async (one) => {
    await forPromotion(one);
    const { runId } = await one.view();
    await expect(one.start()).rejects.toMatchObject({
      name: 'WorkflowExecutionAlreadyStartedError',
      workflowId: one.id,
    });
    expect((await one.view()).runId).toBe(runId);
  }),
);

test.concurrent(
  'the release after a terminated one takes its owner mark over',
  release({ spec: { approval: true } }, async (one) => {
    await one.until('waiting-for-approval');
    const first = (await one.view()).runId;
    await one.handle.terminate('as a test');
    expect(one.world.snapshot().rolloutOwner).toContain(first);
    await one.start();
    const { runId } = await one.until('waiting-for-approval');
    expect(one.world.snapshot().rolloutOwner).toContain(runId);
    await one.update('approve');
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent('a worker that goes away and comes back goes on where the release was', async () => {
  await withRelease(
    temporal,
    { record: 'worker-gone', spec: { manualPromotion: true } },
    async (one) => {
      await forPromotion(one);
    },
    async (one) => {
      await one.signal('promote');
      const worker = await one.worker();
      expect(await worker.runUntil(() => one.ended())).toMatchObject({ state: 'succeeded' });
    },
  );
});
