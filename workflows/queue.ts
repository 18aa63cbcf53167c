import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  condition,
  makeContinueAsNewFunc,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  holdAfter,
  leave,
  passesHold,
  requestOf,
  started,
  withEntry,
  type LastRun,
  type QueueEntry,
  type QueueState,
} from '../src/domain/release/queue.ts';
import { queueId, releaseId } from '../src/domain/release/target.ts';
import { queueing } from './activity-options.ts';
import { first } from './first.ts';
import { getQueue, type QueueInput } from './messages.ts';
import { registerQueue } from './queue-commands.ts';
import { has } from './patches.ts';
import { QueueRun } from './queue-run.ts';
import { stopCause } from './stopped.ts';
import { onBehalfOf } from './tracing.ts';

/** The first entry comes with the start. A run without any ends. */
const FIRST_WITHIN = '10 seconds';

/**
 * The releases that wait for one target. Its workflow id is the target, so there is at most one. It watches the runs of
 * the release from outside, so a release knows nothing of it, and it ends when nothing waits.
 */
export async function queue(input: QueueInput): Promise<QueueState> {
  const run = new QueueRun(acceptedQueue(input));
  setHandler(getQueue, () => run.view(), { description: 'The releases that wait.' });
  registerQueue(run);
  await condition(() => !run.isEmpty, FIRST_WITHIN);
  while (!run.isEmpty) {
    if (run.mustLeave) await continueQueue(run);
    else await turn(run);
    await condition(allHandlersFinished);
  }
  return run.state;
}

/** Anybody who may start workflows may start this one. Fails the run with INVALID_INPUT. */
function acceptedQueue(input: QueueInput | undefined): QueueInput {
  if (input?.target?.rollout && workflowInfo().workflowId === queueId(input.target)) return input;
  const message = 'a queue is started with a target, under the id queue/<cluster>/<namespace>/<rollout>';
  throw ApplicationFailure.nonRetryable(message, 'INVALID_INPUT');
}

async function continueQueue(run: QueueRun): Promise<void> {
  const { memo } = workflowInfo();
  const next = makeContinueAsNewFunc<typeof queue>({ ...(memo && { memo }) });
  await next({ target: run.target, state: run.state });
}

/** Brings the queue as far as it comes without a change by a person. */
async function turn(run: QueueRun): Promise<void> {
  const head = run.state.waiting[0] as QueueEntry;
  const seen = run.state;
  // What a person changes may put another entry first.
  const changed = () => condition(() => run.state !== seen || run.mustLeave).then((): 'changed' => 'changed');
  if (!passesHold(run.state)) return void (await changed());
  if (head.supersede?.runId !== undefined && !head.supersede.asked) return withdraw(run, head);
  const last = await first<LastRun | 'none' | 'changed'>(() => [
    onBehalfOf(requestOf(head), () =>
      queueing.awaitTarget.executeWithOptions({ summary: 'wait until the target is free' }, [releaseId(run.target)]),
    ),
    changed(),
  ]);
  if (last === 'changed' || run.state !== seen) return;
  const found = last === 'none' ? undefined : last;
  const why = holdAfter(run.state, found);
  if (why === undefined || !found) return start(run, head);
  run.set({ ...run.state, hold: { runId: found.runId, reason: why, since: Date.now() } });
}

/** Sends the abort of the run that the entry supersedes. Its end is awaited as that of any other run. */
async function withdraw(run: QueueRun, head: QueueEntry): Promise<void> {
  const refusal = await attempt(() =>
    onBehalfOf(requestOf(head), () =>
      queueing.withdrawFor.executeWithOptions({ summary: 'roll back for a newer version' }, [head]),
    ),
  );
  if (refusal !== undefined) return refuse(run, head, refusal);
  if (head.supersede) run.set(withEntry(run.state, { ...head, supersede: { ...head.supersede, asked: true } }));
}

async function start(run: QueueRun, head: QueueEntry): Promise<void> {
  const request = requestOf(head);
  run.set({ ...run.state, starting: request });
  let runId: string | undefined;
  const refusal = await attempt(async () => {
    const done = await onBehalfOf(request, () =>
      queueing.startQueued.executeWithOptions({ summary: `start ${head.input.spec.image}` }, [head]),
    );
    if (done.outcome === 'started') runId = done.runId;
    return done.outcome === 'refused' ? done.reason : undefined;
  });
  const { starting: _, ...state } = run.state;
  if (runId === undefined) run.set(state);
  else run.set(started(state, { requestId: request, runId, at: Date.now(), keepsHold: keepsHold(state) }));
  if (refusal !== undefined) refuse(run, head, refusal);
}

/** Without a hold there is nothing to keep, and no marker in the history. */
function keepsHold({ hold }: QueueState): boolean {
  return hold !== undefined && has('queue-keeps-hold');
}

/** Why the entry cannot be started, also when the activity failed for good. Undefined: nothing speaks against it. */
async function attempt(work: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return stopCause(error).reason;
  }
}

function refuse(run: QueueRun, head: QueueEntry, reason: string): void {
  run.set(leave(run.state, [requestOf(head)], { outcome: 'refused', reason, at: Date.now() }));
}
