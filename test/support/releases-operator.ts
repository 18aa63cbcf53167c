import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Release } from './releases-release.ts';
import type { Stage } from './releases-stage.ts';
import { eventually } from './releases-wait.ts';

const TEMPORAL_NAMESPACE = 'default';
/** temporal.api.enums.v1.EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED */
const COMPLETED_TASK = 7;
/** temporal.api.enums.v1: WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_PAUSE_REQUESTED_BEFORE_TASK_STARTED */
const PAUSED_BEFORE_START = 39;
/** Signals that are under way at the same time. */
const AT_ONCE = 50;
/** Who the operator is for Temporal. Interfaces show it. */
const OPERATOR = 'operator@temporal';

/** Runs work against Temporal as its own command line does. */
export async function withTemporal<T>({ sandbox }: Stage, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: sandbox.temporalAddress });
  try {
    return await work(new Client({ connection, namespace: TEMPORAL_NAMESPACE }));
  } finally {
    await connection.close();
  }
}

type Execution = { readonly workflowId: string; readonly runId: string };

/** Runs work on the newest run of the release, which a reset replaces. */
function onNewestRun<T>(
  stage: Stage,
  { id }: Release,
  work: (client: Client, handle: WorkflowHandle, execution: Execution) => Promise<T>,
): Promise<T> {
  return withTemporal(stage, async (client) => {
    const { runId } = await client.workflow.getHandle(id).describe();
    return work(client, client.workflow.getHandle(id, runId), { workflowId: id, runId });
  });
}

/** The run in which the release is now. */
export function newestRun(stage: Stage, { id }: Release): Promise<string> {
  return withTemporal(stage, async (client) => (await client.workflow.getHandle(id).describe()).runId);
}

/** A program that sends a signal again and again. Every state refuses it, because it has no reason. */
export async function sendRefusedSignals(stage: Stage, { id }: Release, count: number): Promise<void> {
  await withTemporal(stage, async (client) => {
    const send = () =>
      client.workflow.getHandle(id).signal('skip-analysis', { requestId: randomUUID(), who: 'a loop' });
    for (let sent = 0; sent < count; sent += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, send));
  });
}

/** `temporal workflow terminate` */
export async function terminate(stage: Stage, release: Release): Promise<void> {
  await onNewestRun(stage, release, (_, handle) => handle.terminate('test'));
}

/** `temporal workflow reset --type FirstWorkflowTask` */
export async function resetToBeginning(stage: Stage, release: Release): Promise<void> {
  await onNewestRun(stage, release, async ({ workflowService }, handle, workflowExecution) => {
    const { events } = await handle.fetchHistory();
    const first = events?.find(({ eventType }) => Number(eventType) === COMPLETED_TASK);
    if (!first?.eventId) throw new Error(`${release.id} has no completed workflow task yet`);
    await reset(workflowService, workflowExecution, first.eventId);
  });
}

async function reset(
  service: Client['workflowService'],
  workflowExecution: Execution,
  workflowTaskFinishEventId: unknown,
): Promise<void> {
  await service.resetWorkflowExecution({
    ...{ namespace: TEMPORAL_NAMESPACE, workflowExecution, reason: 'test', requestId: randomUUID() },
    workflowTaskFinishEventId: workflowTaskFinishEventId as never,
  });
}

/** `temporal workflow pause`. Needs frontend.WorkflowPauseEnabled, which the sandbox sets. */
export async function pauseRun(stage: Stage, release: Release): Promise<void> {
  await onNewestRun(stage, release, ({ workflowService }, _, execution) =>
    workflowService.pauseWorkflowExecution({ ...request(execution), reason: 'test' }),
  );
}

/**
 * `temporal workflow unpause`. No worker can carry on a run that was paused while a task of it was scheduled and not
 * started (findings/temporal-pause-before-start.sh). Such a run is reset as release_get advises.
 */
export async function unpauseRun(stage: Stage, release: Release): Promise<void> {
  await onNewestRun(stage, release, async ({ workflowService }, handle, execution) => {
    await workflowService.unpauseWorkflowExecution({ ...request(execution), reason: 'test' });
    const { events } = await handle.fetchHistory();
    const isLost = (cause: unknown) => Number(cause) === PAUSED_BEFORE_START;
    if (!events?.some(({ workflowTaskFailedEventAttributes: failed }) => isLost(failed?.cause))) return;
    const last = events.findLast(({ eventType }) => Number(eventType) === COMPLETED_TASK);
    await reset(workflowService, execution, last?.eventId);
  });
}

const request = (execution: Execution) => ({
  ...{ namespace: TEMPORAL_NAMESPACE, ...execution, identity: OPERATOR, requestId: randomUUID() },
});

/** An activity whose result the run waits for. */
interface Pending {
  readonly id: string;
  readonly type: string;
  /** Identity of the worker that runs it: `<pid>@<host>`. */
  readonly worker: string;
}

export function pendingActivities(stage: Stage, release: Release): Promise<Pending[]> {
  return onNewestRun(stage, release, async (_, handle) =>
    ((await handle.describe()).raw.pendingActivities ?? []).map((one) => ({
      id: one.activityId ?? '',
      type: one.activityType?.name ?? '',
      worker: one.lastWorkerIdentity ?? '',
    })),
  );
}

/** `temporal activity pause` for every pending activity. Returns those that it paused. */
export async function pauseActivities(stage: Stage, release: Release): Promise<readonly Pending[]> {
  const pending = (await pendingActivities(stage, release)).filter(({ type }) => type !== 'record');
  await onNewestRun(stage, release, ({ workflowService }, _, execution) =>
    Promise.all(pending.map(({ id }) => workflowService.pauseActivity({ ...activity(execution), id, reason: 'test' }))),
  );
  return pending;
}

/** `temporal activity unpause`. An activity that the run has meanwhile given up is gone. */
export async function unpauseActivities(stage: Stage, release: Release, paused: readonly Pending[]): Promise<void> {
  await onNewestRun(stage, release, async ({ workflowService }, _, execution) => {
    for (const { id } of paused)
      await workflowService.unpauseActivity({ ...activity(execution), id }).catch((error: unknown) => {
        if (!/NOT_FOUND/.test(String(error))) throw error;
      });
  });
}

const activity = (execution: Execution) => ({ namespace: TEMPORAL_NAMESPACE, execution, identity: OPERATOR });

/** The input with which a release was started. */
function inputOf(handle: WorkflowHandle): Promise<unknown> {
  return handle.fetchHistory().then(({ events }) => {
    const payload = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
    if (!payload) throw new Error('the release has no input');
    return defaultPayloadConverter.fromPayload(payload);
  });
}

/**
 * `temporal schedule create --type release` with the input and the id of the release, and a trigger. Resolves with how
 * the run of the schedule ended. Temporal adds the time to its id, so the release and this run are open side by side.
 */
export async function runTwinBySchedule(stage: Stage, release: Release): Promise<unknown> {
  return withTemporal(stage, async (client) => {
    const input = await inputOf(client.workflow.getHandle(release.id, release.runId));
    const schedule = await client.schedule.create({
      scheduleId: `twin-of-${stage.app}-${randomUUID()}`,
      spec: { intervals: [{ every: '30 days' }] },
      action: {
        type: 'startWorkflow',
        workflowType: 'release',
        workflowId: release.id,
        taskQueue: stage.lane.taskQueue,
        args: [input],
      },
    });
    try {
      await schedule.trigger();
      const { workflowId, firstExecutionRunId } = await eventually('the schedule has started a run', async () => {
        const { info } = await schedule.describe();
        return info.recentActions.at(-1)?.action.workflow;
      });
      const run = client.workflow.getHandle(workflowId, firstExecutionRunId);
      return await run.result().then(
        (): unknown => undefined,
        (error: unknown) => error,
      );
    } finally {
      await schedule.delete();
    }
  });
}

/** Waits until Temporal's own view of the run is no longer that of before. */
export const A_MOMENT_MS = 1_500;
export const aMoment = (): Promise<void> => sleep(A_MOMENT_MS);
