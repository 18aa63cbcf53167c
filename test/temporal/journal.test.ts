import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, jest, test } from '@jest/globals';
import type { Connection } from '@temporalio/client';
import { toReleaseOutput } from '../../src/contract/release-view.ts';
import type { CommandContext } from '../../src/commands/command.ts';
import { releaseGet } from '../../src/toolsets/release/release-get.ts';
import { releaseList } from '../../src/toolsets/release/release-list.ts';
import { sweep } from '../../src/entry/journal-repair.ts';
import { createLog } from '../../src/observability/log.ts';
import { registerAttributes } from '../../src/temporal/search-attributes.ts';
import { createTemporalGateway } from '../../src/temporal/temporal-gateway.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, withRelease, type ReleaseUnderTest } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
const connection = temporal.client.connection as Connection;
await registerAttributes(connection, 'default');
const address = connection.options.address;
afterAll(() => temporal.stop());

/** What a server's process would use beside the release. */
function contextOf(one: ReleaseUnderTest): CommandContext {
  const gateway = createTemporalGateway({
    temporal: () => Promise.resolve({ address, namespace: 'default', connectionOptions: { address } }),
    taskQueue: one.taskQueue,
  });
  return {
    ...fakeServices(gateway),
    journal: one.journal,
    caller: { id: 'test', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
}

async function until(met: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 75_000;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error('not met within 75 s');
    await pause(100);
  }
}

/** As when its retention has passed: neither history nor visibility know the run. */
async function forget(one: ReleaseUnderTest, context: CommandContext): Promise<void> {
  await connection.workflowService.deleteWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: one.id },
  });
  await until(
    async () =>
      (await context.gateway.get(one.id).catch((error: { code?: string }) => error.code)) === 'RELEASE_NOT_FOUND',
  );
  await until(async () => (await context.gateway.list({ rollout: one.world.target.rollout, limit: 9 })).length === 0);
}

const inList = async (context: CommandContext, one: ReleaseUnderTest) =>
  (await releaseList.run(context, { rollout: one.world.target.rollout })).releases;
const keeping = (one: ReleaseUnderTest, { gateway }: CommandContext) => ({
  gateway,
  journal: one.journal,
  log: createLog('silent'),
  taskQueue: one.taskQueue,
  retentionDays: 365,
  now: Date.now,
});

test('when Temporal has forgotten a release, all of it is still told', async () => {
  await withRelease(temporal, { spec: { manualPromotion: true } }, async (one) => {
    const context = contextOf(one);
    await one.until((view) => view.waiting?.for === 'promotion');
    await one.update('promote', { who: 'ann', requestId: 'yes' });
    await one.ended();
    const view = await one.view();
    await forget(one, context);

    const answer = await releaseGet.run(context, { release_id: one.id, detail: 'full' });

    expect(answer).toEqual({ ...toReleaseOutput(view, Infinity), source: 'journal', next: expect.any(String) });
    expect(answer.commands).toMatchObject([{ request_id: 'yes', command: 'promote' }]);
    expect(await inList(context, one)).toMatchObject([
      {
        release_id: one.id,
        run_id: view.runId,
        state: 'succeeded',
        image: 'shop:v2',
        started_by: 'tester',
        source: 'journal',
      },
    ]);
    await context.gateway.close();
  });
});

test('a release that was terminated, and one that ended while the journal was away, are found by the sweep', async () => {
  await withRelease(temporal, { spec: { analysis: { soakMs: 600_000 } } }, async (one) => {
    const context = contextOf(one);
    one.journal.away = true;
    await one.until('soaking');
    await one.handle.terminate('to see what becomes of it');
    one.journal.away = false;
    one.journal.entries.splice(0);
    await until(
      async () =>
        (await context.gateway.list({ rollout: one.world.target.rollout, limit: 9 }))[0]?.closedAt !== undefined,
    );

    await until(async () => (await sweep(keeping(one, context))).found === 0 && one.journal.entries.length > 0);
    // The server takes half a minute to forget a run; one that knows nothing says the same.
    const forgotten = { ...context, gateway: createFakeGateway() };

    const answer = await releaseGet.run(forgotten, { release_id: one.id, detail: 'full' });
    expect(answer).toMatchObject({
      state: 'failed-needs-human',
      reason: expect.stringMatching(/^The run ended from outside.*TERMINATED.*at weight 25 while it was soaking/),
      closed_at: expect.any(String),
      source: 'journal',
    });
    expect(answer.events.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['checking the target', 'weight 25 for 600 s']),
    );
    expect(await inList(forgotten, one)).toMatchObject([{ state: 'failed-needs-human', source: 'journal' }]);
    await context.gateway.close();
  });
});

test('the end of a release is told once, whoever tells it, and what is older than the retention goes', async () => {
  await withRelease(temporal, {}, async (one) => {
    const context = contextOf(one);
    await one.ended();
    await until(
      async () =>
        (await context.gateway.list({ rollout: one.world.target.rollout, limit: 9 }))[0]?.closedAt !== undefined,
    );
    const ends = () =>
      one.journal.entries.filter(
        ({ releaseId, kind, data }) => releaseId === one.id && kind === 'release' && data.closedAt !== undefined,
      ).length;

    // On a busy machine the last write of a release may be late, and then it is the sweep that tells its end.
    await sweep(keeping(one, context));
    expect(ends()).toBe(1);
    // The count of all entries may still grow by a late write of the release itself.
    await sweep(keeping(one, context));
    expect(ends()).toBe(1);

    const later = { ...keeping(one, context), now: () => Date.now() + 366 * 86_400_000 };
    expect((await sweep(later)).removed).toBeGreaterThan(0);
    expect(one.journal.entries).toEqual([]);
    // Temporal still has it, but it is not brought back.
    expect(await sweep(later)).toEqual({ found: 0, removed: 0 });
    await context.gateway.close();
  });
});
