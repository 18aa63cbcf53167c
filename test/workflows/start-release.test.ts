import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from '@temporalio/worker';
import { afterAll, expect, jest, test } from '@jest/globals';
import { createActivities } from '../../activities/index.ts';
import type { ScheduledResult } from '../../src/domain/release/schedule.ts';
import { releaseId } from '../../src/domain/release/target.ts';
import { createTemporalGateway } from '../../src/temporal/temporal-gateway.ts';
import { START_RELEASE, type Schedules } from '../../src/temporal/schedules.ts';
import { releaseSpec } from '../support/builders.ts';
import { createFakeWorld, type FakeWorld } from '../support/fake-world.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { recordHistory } from '../support/workflow-history.ts';

jest.setTimeout(300_000);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

let count = 0;

/** A target of its own, with a worker that starts releases, and the gateway to it. */
async function withWorker(
  body: (world: FakeWorld, gateway: ReturnType<typeof createTemporalGateway>) => Promise<void>,
) {
  const rollout = `sched${process.pid}x${(count += 1)}`;
  const world = createFakeWorld({
    image: 'shop:v1',
    speed: 100,
    target: { cluster: 'dev', namespace: 'shop', rollout },
  });
  const { address } = temporal;
  const settings = { address, namespace: 'default', connectionOptions: { address } };
  const gateway = createTemporalGateway({ temporal: async () => settings, taskQueue: rollout });
  const worker = await Worker.create({
    connection: temporal.connection,
    taskQueue: rollout,
    workflowBundle: { codePath: temporal.codePath },
    activities: createActivities(world.worlds, undefined, undefined, { starter: gateway }),
  });
  try {
    await worker.runUntil(() => body(world, gateway));
  } finally {
    await temporal.client.workflow
      .getHandle(releaseId(world.target))
      .terminate('end')
      .catch(() => undefined);
    await gateway.close();
    world.stop();
  }
}

const specOf = (world: FakeWorld) => releaseSpec({ target: world.target, approval: true });

async function lastOutcome(schedules: Schedules): Promise<string> {
  for (const end = Date.now() + 30_000; ; await pause(200)) {
    const outcome = (await schedules.list()).flatMap(({ last }) => (last ? [last.outcome] : [])).join();
    if (/^(started|busy|refused)/.test(outcome) || Date.now() > end) return outcome;
  }
}

test('a schedule that is triggered starts the release under the id of its target; the next time it is busy', async () => {
  await withWorker(async (world, gateway) => {
    const { schedules } = gateway;
    const when = { cron: '0 0 1 1 *', timeZone: 'Europe/Berlin' };
    const created = await schedules.create({ spec: specOf(world), startedBy: 'ann', when });
    const id = releaseId(world.target);
    expect(created).toMatchObject({ releaseId: id, image: 'shop:v2', paused: false, timeZone: 'Europe/Berlin' });
    // Midnight in Berlin in winter.
    expect(new Date(created.next ?? 0).toISOString()).toMatch(/-12-31T23:00:00.000Z$/);
    await expect(schedules.create({ spec: specOf(world), startedBy: 'ann', when })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });

    await schedules.trigger(id);
    expect(await lastOutcome(schedules)).toMatch(new RegExp(`^started: ${id}, run `));
    expect(await gateway.get(id)).toMatchObject({ startedBy: 'ann', spec: { image: 'shop:v2' } });

    const again = await temporal.client.workflow.start(START_RELEASE, {
      workflowId: `again-${id}`,
      taskQueue: world.target.rollout,
      args: [{ spec: specOf(world), startedBy: 'ann' }],
    });
    expect((await again.result()) as ScheduledResult).toMatchObject({
      outcome: 'busy',
      reason: expect.stringMatching(/already has a running release.*Nothing was started\.$/),
    });
    await recordHistory('start-release-busy', again);

    expect(await schedules.pause(id, 'ann: holidays')).toMatchObject({ paused: true, note: 'ann: holidays' });
    expect(await schedules.unpause(id, 'ann: back')).toMatchObject({ paused: false });
    await schedules.remove(id);
    expect(await schedules.list()).toEqual([]);
    await expect(schedules.trigger(id)).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
  });
});
