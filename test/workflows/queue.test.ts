import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { MAX_WAITING } from '../../src/domain/release/queue.ts';
import { START_RELEASE } from '../../src/temporal/schedules.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { ADA, QueueStage, waits } from '../support/workflow-queue.ts';
import { recordHistory } from '../support/workflow-history.ts';
import { TEST_MS, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

/** A release that waits until somebody promotes it. */
const HELD = { manualPromotion: true } as const;

const stage =
  (body: (one: QueueStage) => Promise<void>, scenario: Scenario = {}, works = true) =>
  async () => {
    const one = new QueueStage(temporal, scenario);
    try {
      if (works) await one.work();
      await body(one);
    } finally {
      await one.close();
    }
  };

const promote = async ({ gateway, id }: QueueStage, requestId: string): Promise<unknown> =>
  gateway.command(id, { name: 'promote', requestId, who: 'ann' }, 3_000);
const abort = async ({ gateway, id }: QueueStage): Promise<unknown> =>
  gateway.command(id, { name: 'abort', requestId: 'abort', who: 'ann' }, 3_000);
const asks = (version: string) => (view: { state: string; spec: { image: string } }) =>
  view.state === 'waiting-for-decision' && view.spec.image === `shop:${version}`;
const ended = (version: string) => (view: { closedAt?: number; spec: { image: string } }) =>
  view.closedAt !== undefined && view.spec.image === `shop:${version}`;

describe('the queue', () => {
  test(
    'starts the next version after a success, also when the worker was away meanwhile, and then ends',
    stage(async (one) => {
      await one.start('v2', undefined, HELD);
      await one.until('v2 asks', asks('v2'));
      const first = await one.start('v3', 'queue');
      const second = await one.start('v4', 'queue');
      expect([first, second]).toMatchObject([{ id: one.id }, { view: { waiting: [{}, {}] } }]);
      const twin = await one.start('v3', 'queue');
      expect('view' in twin && waits(twin.view)).toBe('v3 v4');
      await expect(one.start('v5')).rejects.toMatchObject({ code: 'TARGET_BUSY' });

      await one.rest();
      await one.work();
      await promote(one, 'p1');
      const view = await one.until('v4 has ended', ended('v4'));
      expect(view).toMatchObject({ state: 'succeeded', startedBy: ADA.id });
      const queue = await one.untilQueue('it has ended', (seen) => waits(seen) === '');
      expect(queue?.left).toMatchObject([
        { requestId: 'start-v3', outcome: 'started', runId: expect.any(String) },
        { requestId: 'start-v4', outcome: 'started', runId: view.runId },
      ]);
      expect(await one.gateway.queues.isOpen(one.id)).toBe(false);
      // The same request finds its release.
      expect(await one.start('v4', 'queue')).toMatchObject({ runId: view.runId, started: false });
      await recordHistory('queue-success', temporal.client.workflow.getHandle(one.id.replace('release/', 'queue/')));
    }),
  );

  test(
    'holds after a rollback until somebody resumes it; meanwhile it can be reordered and emptied',
    stage(async (one) => {
      await one.start('v2', undefined, HELD);
      await one.until('v2 asks', asks('v2'));
      for (const version of ['v3', 'v4', 'v5']) await one.start(version, 'queue', HELD);
      await abort(one);
      const held = await one.untilQueue('it holds', (seen) => seen?.hold !== undefined);
      expect(held?.hold?.reason).toMatch(/^the release before \(run .+\) has ended as rolled-back$/);
      expect((await one.gateway.queues.list()).find(({ releaseId }) => releaseId === one.id)).toBeDefined();

      const { queues } = one.gateway;
      const moved = await queues.change(one.id, 'move', { who: 'ann', requestId: 'start-v5', position: 1 });
      expect(waits(moved)).toBe('v5 v3 v4');
      const removed = await queues.change(one.id, 'remove', { who: 'ann', requestId: 'start-v3' });
      expect(waits(removed)).toBe('v5 v4');
      expect(removed?.left).toMatchObject([{ requestId: 'start-v3', reason: 'taken out by ann' }]);
      await expect(queues.change(one.id, 'remove', { who: 'ann', requestId: 'x' })).rejects.toMatchObject({
        code: 'QUEUE_ENTRY_NOT_FOUND',
      });

      await queues.change(one.id, 'resume', { who: 'ann' });
      await one.until('v5 asks', asks('v5'));
      const left = await queues.change(one.id, 'clear', { who: 'ann' });
      expect(waits(left)).toBe('');
      expect(await queues.change(one.id, 'clear', { who: 'ann' })).toBeUndefined();
      // What was taken out is not queued again by the same request.
      expect(await one.start('v4', 'queue')).toMatchObject({ view: { waiting: [], left: [{}, {}, {}] } });
      await recordHistory('queue-held', temporal.client.workflow.getHandle(one.id.replace('release/', 'queue/')));
    }),
  );

  test(
    'of a version that supersedes: the running one is rolled back with proof, then the newer one starts, before others',
    stage(async (one) => {
      const first = await one.start('v2', undefined, HELD);
      await one.until('v2 asks', asks('v2'));
      await one.start('v3', 'queue', HELD);
      await one.start('v4', 'supersede', HELD);
      await one.until('v4 asks', asks('v4'));
      const runId = 'runId' in first ? first.runId : '';
      expect(await one.until('v2 can be read', () => true, runId)).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringMatching(/^aborted by cli:ada: superseded by shop:v4/),
        proof: { wanted: 0, effective: 'proved' },
      });
      await one.untilQueue('v3 waits', (seen) => waits(seen) === 'v3');
      expect(one.release.world.violations).toEqual([]);

      // A newer one again: it supersedes what the queue has started.
      await one.start('v5', 'supersede', HELD);
      await one.until('v5 asks', asks('v5'));
      await promote(one, 'p5');
      await one.until('v3 asks', asks('v3'));
      await recordHistory('queue-supersede', temporal.client.workflow.getHandle(one.id.replace('release/', 'queue/')));
    }),
  );

  test(
    'keeps its hold when a version that supersedes starts over it: the others wait until somebody resumes the queue',
    stage(async (one) => {
      await one.start('v2', undefined, HELD);
      await one.until('v2 asks', asks('v2'));
      await one.start('v3', 'queue', HELD);
      await abort(one);
      await one.untilQueue('it holds', (seen) => seen?.hold !== undefined);
      await one.start('v4', 'supersede', HELD);
      await one.until('v4 asks', asks('v4'));
      await promote(one, 'p4');
      await one.until('v4 has ended', ended('v4'));
      const queue = await one.untilQueue('v3 waits still', (seen) => waits(seen) === 'v3' && seen?.hold !== undefined);
      expect(queue?.hold?.reason).toContain('has ended as rolled-back');

      await one.gateway.queues.change(one.id, 'resume', { who: 'ann' });
      await one.until('v3 asks', asks('v3'));
      await recordHistory('queue-keeps-hold', temporal.client.workflow.getHandle(one.id.replace('release/', 'queue/')));
    }),
  );

  test(
    'takes an entry without a worker: it is stored, and placed when a worker runs; two at once both get a place',
    stage(
      async (one) => {
        await one.start('v2', undefined, HELD);
        const [a, b] = await Promise.all([one.start('v3', 'queue'), one.start('v4', 'queue')]);
        expect([a, b]).toEqual([{ id: one.id }, { id: one.id }]);
        expect(await one.start('v3', 'queue')).toEqual({ id: one.id });
        await one.work();
        const queue = await one.untilQueue('both are placed', (seen) => seen?.waiting.length === 2);
        expect(waits(queue).split(' ').toSorted()).toEqual(['v3', 'v4']);
      },
      {},
      false,
    ),
  );

  test(
    'starts nothing for somebody who may no longer start it, and goes on with the next',
    stage(async (one) => {
      await one.start('v2', undefined, HELD);
      await one.until('v2 asks', asks('v2'));
      const eve = { ...ADA, id: 'cli:eve', identity: { ...ADA.identity, subject: 'eve', name: 'eve' } } as typeof ADA;
      const { input, gateway } = one;
      const add = (version: string, caller: typeof ADA) =>
        gateway.queues.add({ input: input.call(one, version, 'queue'), caller, addedAt: Date.now() });
      await add('v3', eve);
      await add('v4', ADA);
      await one.rest();
      one.access = [{ name: 'ada', who: { issuer: 'os', subject: 'ada' }, permissions: ['operate'] }];
      await one.work();
      await promote(one, 'p1');
      await one.until('v4 has ended', ended('v4'));
      const queue = await one.gateway.queues.get(one.id);
      expect(queue?.left[0]).toMatchObject({
        requestId: 'start-v3',
        outcome: 'refused',
        reason: expect.stringMatching(/^cli:eve may no longer call release_start: no rule of the section access fits/),
      });
    }),
  );

  test(
    `takes ${MAX_WAITING} releases, and continues as new with all of them after many changes`,
    stage(async (one) => {
      await one.start('v2', undefined, HELD);
      await one.until('v2 asks', asks('v2'));
      for (let version = 1; version <= MAX_WAITING; version += 1) await one.start(`w${version}`, 'queue');
      await expect(one.start('over', 'queue')).rejects.toMatchObject({ code: 'QUEUE_FULL' });
      const handle = temporal.client.workflow.getHandle(one.id.replace('release/', 'queue/'));
      const { runId } = await handle.describe();
      const message = { who: 'ann', requestId: 'start-w20', position: 1 };
      for (let batch = 0; batch < 90 && (await handle.describe()).runId === runId; batch += 1)
        await Promise.allSettled(Array.from({ length: 8 }, () => one.gateway.queues.change(one.id, 'move', message)));
      const queue = await one.untilQueue('all are there', (seen) => seen?.waiting.length === MAX_WAITING);
      expect((await handle.describe()).runId).not.toBe(runId);
      expect(waits(queue)).toMatch(/^w20 w1 w2 /);
    }),
  );

  test(
    'takes the release of a schedule that may wait',
    stage(async (one) => {
      await one.start('v2', undefined, HELD);
      await one.until('v2 asks', asks('v2'));
      const { spec } = one.input('v3', 'queue');
      const started = await temporal.client.workflow.start(START_RELEASE, {
        workflowId: `scheduled-${one.id}`,
        taskQueue: one.release.taskQueue,
        args: [{ spec, startedBy: 'schedule of cli:ada', caller: ADA }],
      });
      expect(await started.result()).toMatchObject({ outcome: 'queued' });
      expect(waits(await one.gateway.queues.get(one.id))).toBe('v3');
    }),
  );
});

test('a queue that is started by hand without an entry, or under another id, ends', async () => {
  const one = new QueueStage(temporal);
  try {
    await one.work();
    const start = (workflowId: string) =>
      temporal.client.workflow.execute('queue', {
        ...{ workflowId, taskQueue: one.release.taskQueue, args: [{ target: one.release.world.target }] },
      });
    await expect(start('queue/x')).rejects.toMatchObject({ cause: { type: 'INVALID_INPUT' } });
    expect(await start(one.id.replace('release/', 'queue/'))).toEqual({ waiting: [], left: [] });
  } finally {
    await one.close();
  }
});
