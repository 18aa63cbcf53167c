import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Connection } from '@temporalio/client';
import type { Worker } from '@temporalio/worker';
import type { SluiceError } from '../../src/domain/errors.ts';
import type { ReleaseGateway } from '../../src/temporal/gateway.ts';
import { createTemporalGateway } from '../../src/temporal/temporal-gateway.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';
import { ReleaseUnderTest } from '../support/workflow-release.ts';

let temporal: TestTemporal;
let gateway: ReleaseGateway;
let release: ReleaseUnderTest;
let worker: Worker;
let done: Promise<void>;

beforeAll(async () => {
  temporal = await startTestTemporal();
}, 120_000);
afterAll(() => temporal.stop());
afterEach(async () => {
  worker.shutdown();
  await done;
  await gateway.close();
  await release.handle.terminate('end of the test').catch(() => undefined);
  release.world.stop();
});

/** A release that waits for its approval, with a gateway to it and a worker. */
async function waitingForApproval(): Promise<void> {
  release = new ReleaseUnderTest(temporal, { spec: { approval: true } });
  const { address } = (temporal.client.connection as Connection).options;
  gateway = createTemporalGateway({
    temporal: () => Promise.resolve({ address, namespace: 'default', connectionOptions: { address } }),
    taskQueue: release.taskQueue,
  });
  worker = await release.worker();
  done = worker.run();
  await gateway.start(release.input);
  await release.until('waiting-for-approval');
}

async function eventually<T>(look: () => Promise<T>, met: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const value = await look();
    if (met(value) || tries > 60) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Resets the run as it was before the end of this workflow task. `task`: an event id. */
async function resetTo(runId: string, task: unknown): Promise<void> {
  await temporal.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: release.id, runId },
    workflowTaskFinishEventId: task as never,
    requestId: `reset-${runId}`,
    reason: 'test',
  });
}

const abort = (requestId: string) => ({ name: 'abort', requestId, who: 'ada' }) as const;

test('a terminated run is told as ended from outside, alike by get, list, filter and commands', async () => {
  await waitingForApproval();
  const runId = (await gateway.get(release.id)).runId;
  expect(await gateway.owns({ releaseId: release.id, runId })).toBe('open');

  await release.handle.terminate('by hand');

  const view = await gateway.get(release.id);
  expect(view).toMatchObject({ state: 'failed-needs-human', waiting: { answers: ['recover'] } });
  expect(view.closedAt).toBeDefined();
  const listed = await eventually(
    () => gateway.list({ ...release.input.spec.target, state: 'failed-needs-human', limit: 5 }),
    (found) => found.length > 0,
  );
  expect(listed).toMatchObject([{ id: release.id, state: 'failed-needs-human' }]);
  expect(await gateway.list({ ...release.input.spec.target, state: 'waiting-for-approval', limit: 5 })).toEqual([]);
  await expect(gateway.command(release.id, abort('a'), 500)).rejects.toMatchObject({
    code: 'RELEASE_CLOSED',
    next: expect.stringContaining('release_recover'),
  });
  expect(await gateway.owns({ releaseId: release.id, runId })).toBe('ended');
});

test('a reset keeps run id, mark and commands; the old run is not one that needs somebody', async () => {
  await waitingForApproval();
  const before = await gateway.get(release.id);
  const { runId } = await release.handle.describe();

  await resetTo(runId, 4);

  const after = await eventually(
    () => gateway.get(release.id),
    ({ state }) => state === 'waiting-for-approval',
  );
  expect(after.runId).toBe(before.runId);
  expect(await gateway.get(release.id, before.runId)).toMatchObject({ state: 'waiting-for-approval' });
  const listed = await eventually(
    () => gateway.list({ ...release.input.spec.target, limit: 5 }),
    (found) => found.length === 1 && found[0]?.runId === before.runId,
  );
  expect(listed).toMatchObject([{ runId: before.runId, state: 'waiting-for-approval' }]);
  expect(await gateway.list({ ...release.input.spec.target, state: 'failed-needs-human', limit: 5 })).toEqual([]);
  expect(await gateway.admit(release.id, release.input.requestId)).toMatchObject({ runId: before.runId });
  expect(await gateway.owns({ releaseId: release.id, runId: before.runId })).toBe('open');
  const outcome = await gateway.command(release.id, { ...abort('a'), runId: before.runId }, 3000);
  expect(outcome).toMatchObject({ outcome: 'applied' });
});

test('a run that was reset to a later task is listed once, under its run id of before, when it has ended', async () => {
  await waitingForApproval();
  const { runId } = await release.handle.describe();
  const { events = [] } = await release.handle.fetchHistory();
  await resetTo(runId, events?.findLast(({ workflowTaskCompletedEventAttributes: done }) => done)?.eventId);
  await eventually(
    () => gateway.get(release.id),
    ({ state }) => state === 'waiting-for-approval',
  );

  await gateway.command(release.id, { name: 'reject', requestId: 'r', who: 'ada' }, 3000);

  const listed = await eventually(
    () => gateway.list({ ...release.input.spec.target, limit: 5 }),
    (found) => found.length === 1 && found[0]?.state === 'refused',
  );
  expect(listed).toMatchObject([{ runId, state: 'refused' }]);
});

/**
 * Temporal fails a task that is scheduled and not started when the run is paused, and no worker can read that history
 * (server 1.32, SDK 1.24.0; findings/temporal-pause-before-start.sh).
 */
test('a run that no worker can carry on is told as held, with the reason, until a reset', async () => {
  await waitingForApproval();
  const { runId } = await release.handle.describe();
  const { events } = await release.handle.fetchHistory();
  worker.shutdown();
  await done;
  // A poll of the worker that has just ended would start the task.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await release.handle.signal('pause', { requestId: 'p', who: 'ada', reason: 'lunch' });
  const run = { namespace: 'default', workflowId: release.id, runId, identity: 'ada', reason: 'test' };
  await temporal.client.workflowService.pauseWorkflowExecution({ ...run, requestId: 'pause' });
  await temporal.client.workflowService.unpauseWorkflowExecution({ ...run, requestId: 'unpause' });
  worker = await release.worker();
  done = worker.run();

  const held = await eventually(
    () =>
      gateway.get(release.id).then(
        ({ state }) => ({ code: state }),
        (error: SluiceError) => error,
      ),
    ({ code }) => code === 'RELEASE_HELD',
  );
  expect(held).toMatchObject({
    code: 'RELEASE_HELD',
    message: expect.stringMatching(/^No worker can carry the run on: .*WorkflowTaskMachine/),
    next: expect.stringContaining('temporal workflow reset'),
    details: { run_id: runId, run: { status: 'stuck' } },
  });
  expect(await gateway.command(release.id, abort('a'), 500)).toMatchObject({
    outcome: 'accepted',
    detail: expect.stringMatching(/stored in the release as a signal .* No worker can carry the run on/),
  });
  await resetTo(runId, events?.findLast(({ workflowTaskCompletedEventAttributes: is }) => is)?.eventId);
  await eventually(
    () => gateway.get(release.id).catch(() => undefined),
    (view) => view?.state === 'paused',
  );
});

test('a start that is sent again after another release has run finds its own, and starts nothing', async () => {
  await waitingForApproval();
  const first = await gateway.get(release.id);
  await gateway.command(release.id, { name: 'reject', requestId: 'r', who: 'ada' }, 3000);
  await release.until((view) => view.closedAt !== undefined);
  const second = await eventually(
    () => gateway.start({ ...release.input, requestId: 'second' }),
    ({ started }) => started,
  );

  const again = await eventually(
    () => gateway.start(release.input).catch((error: unknown) => error as { runId?: string }),
    ({ runId }) => runId !== undefined,
  );

  expect(again).toEqual({ id: release.id, runId: first.runId, started: false });
  expect(second.runId).not.toBe(first.runId);
  await temporal.client.workflow.getHandle(release.id).terminate('end');
});

test('a command for another run is refused with the run that is there', async () => {
  await waitingForApproval();

  await expect(gateway.command(release.id, { ...abort('a'), runId: 'another' }, 500)).rejects.toMatchObject({
    code: 'STALE_COMMAND',
  });
});
