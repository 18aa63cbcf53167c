import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { ReleaseUnderTest, Scenario } from './workflow-release.ts';

/** A run continues as new after a dozen commands: the lowest limit that a release accepts. */
export const EVENTS = 200;
const LOOK_MS = 50;
const TRIES = 600;
const SIGNALS = 5;

/** Deadline of every question: longer than any test. */
export const DEADLINE_MS = 3_600_000;

/** A scenario whose runs continue as new after a few commands. */
export function continuing(scenario: Scenario): Scenario {
  const prepare = (one: ReleaseUnderTest) => {
    Object.assign(one.input, { continueAtEvents: EVENTS });
    scenario.prepare?.(one);
  };
  const timeouts = { approvalMs: DEADLINE_MS, decisionMs: DEADLINE_MS, ...scenario.spec?.timeouts };
  return { ...scenario, spec: { ...scenario.spec, timeouts }, prepare };
}

/** Sends commands until the present run has ended and another one continues. Returns the run ids of both. */
export async function continued(one: ReleaseUnderTest, send: (number: number) => Promise<unknown>): Promise<string[]> {
  const handle = one.temporal.client.workflow.getHandle(one.id);
  const { runId: before } = await handle.describe();
  one.handle = handle;
  for (let number = 1; number <= TRIES; number += 1) {
    const { runId } = await handle.describe();
    if (runId !== before) return [before, runId];
    await send(number);
    await pause(LOOK_MS);
  }
  throw new Error(`the run did not continue as new in ${TRIES} tries`);
}

/** Sends signals that every state refuses, because they have no reason. */
export const refused = (one: ReleaseUnderTest) => async (): Promise<void> => {
  await Promise.all(Array.from({ length: SIGNALS }, () => one.signal('skip-analysis', { why: '' })));
};

/** Resets the latest run to its beginning, as `temporal workflow reset --type FirstWorkflowTask` does. */
export async function resetToBeginning(one: ReleaseUnderTest): Promise<void> {
  const { client } = one.temporal;
  const { runId } = await client.workflow.getHandle(one.id).describe();
  await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: one.id, runId },
    workflowTaskFinishEventId: 4 as never,
    requestId: `reset-${one.id}`,
    reason: 'test',
  });
  one.handle = client.workflow.getHandle(one.id);
}

/** The durations (ms) of the timers of a run with this summary, in the order in which they were started. */
export async function timersOf(handle: WorkflowHandle, summary: string): Promise<number[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ timerStartedEventAttributes: timer, userMetadata }) => {
    if (
      !timer ||
      !Buffer.from(userMetadata?.summary?.data ?? [])
        .toString()
        .includes(summary)
    )
      return [];
    const { seconds, nanos } = timer.startToFireTimeout ?? {};
    return [Number(seconds) * 1000 + Number(nanos ?? 0) / 1e6];
  });
}
