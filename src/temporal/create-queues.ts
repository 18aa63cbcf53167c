import { randomUUID } from 'node:crypto';
import {
  getQueue,
  QUEUE_MEMO,
  QUEUE_WORKFLOW,
  queueSignal,
  queueUpdates,
  type QueueMessage,
} from '../../workflows/messages.ts';
import { leftOf, type QueueChange, type QueueEntry, type QueueView, type ShownQueue } from '../domain/release/queue.ts';
import { parseReleaseId, queueId, releaseId } from '../domain/release/target.ts';
import type { TemporalLink } from './connection.ts';
import { isMissing, refusal, toSluiceError, undeliverable } from './failure.ts';
import { noAnswer } from './pollers.ts';
import type { QueueSummary, Queues } from './queues.ts';
import type { Releases } from './release-type.ts';
import { isOpen, type Run } from './run.ts';
import { ATTRIBUTES, queueAttributes } from './search-attributes.ts';
import { chainRunOf, toSummary } from './visibility.ts';
import { workflows, type SendUpdate, type Workflows, type WorkflowType } from './workflows.ts';

const QUEUE: WorkflowType<QueueView> = { name: QUEUE_WORKFLOW, query: getQueue };

const QUERY_MS = 2_500;
const ACCEPT_MS = 2_200;
const RESULT_MS = 2_000;
const SIGNAL_MS = 1_000;
const MAX_LISTED = 1_000;
/** An add that meets the end of a queue finds a new one the next time. */
const ADDS = 3;

interface Access {
  readonly link: TemporalLink;
  readonly runs: Workflows<QueueView>;
  readonly taskQueue: string;
}

export function createQueues(link: TemporalLink, releases: Releases, taskQueue: string): Queues {
  const runs = workflows(link, taskQueue, QUEUE);
  const access: Access = { link, runs, taskQueue };
  return {
    async isOpen(release) {
      const run = await runs.describe(idOf(release));
      return run !== undefined && isOpen(run);
    },
    add: (entry) => add(access, entry),
    get: (release) => get(access, release),
    change: (release, change, message) => send(access, release, change, message),
    list: () => list(runs),
    async lastRun(release) {
      const run = await releases.describe(release);
      return run && { runId: chainRunOf(run), open: isOpen(run), state: toSummary(run).state };
    },
  };
}

/** The workflow id of the queue that belongs to a release id. */
function idOf(release: string): string {
  const target = parseReleaseId(release);
  return target ? queueId(target) : release;
}

async function add(access: Access, entry: QueueEntry): Promise<QueueView | undefined> {
  const { link, runs } = access;
  const { target } = entry.input.spec;
  // A queue that has ended cannot recognize a repeated request any more.
  const ended = await endedQueue(runs, releaseId(target));
  if (ended && leftOf(ended, entry.input.requestId)) return ended;
  const start = {
    ...{ id: queueId(target), args: [{ target }], attributes: queueAttributes(target), memo: {} },
    summary: `releases that wait for ${target.namespace}/${target.rollout}`,
    details: `See them with \`sluice release-queue list ${target.namespace}/${target.rollout}\`.`,
  };
  const sent = update(entry);
  for (let tries = 1; ; tries += 1) {
    try {
      return (await runs.updateWithStart(start, queueUpdates.add, sent))?.result;
    } catch (error) {
      if (refusal(error)) throw toSluiceError(error, (await link.settings()).address);
      if (!undeliverable(error) && tries < ADDS) continue;
      break;
    }
  }
  try {
    await runs.signalWithStart(start, queueSignal, [entry], SIGNAL_MS);
    return undefined;
  } catch (error) {
    throw toSluiceError(error, (await link.settings()).address);
  }
}

const update = <T>(message: T): SendUpdate<[T]> => ({
  ...{ args: [message], updateId: randomUUID(), acceptMs: ACCEPT_MS, resultMs: RESULT_MS },
});

async function get({ link, runs, taskQueue }: Access, release: string): Promise<QueueView | undefined> {
  const id = idOf(release);
  const run = await runs.describe(id, QUERY_MS);
  if (!run) return undefined;
  const view = viewOf(run, release);
  if (view) return view;
  throw await noAnswer(link, taskQueue, `No worker has placed a release in the queue ${id} yet.`);
}

async function endedQueue(runs: Workflows<QueueView>, release: string): Promise<QueueView | undefined> {
  const run = await runs.describe(idOf(release));
  return run && !isOpen(run) ? viewOf(run, release) : undefined;
}

/** What the queue has written to its memo. Undefined: an open one has written nothing yet. */
function viewOf(run: Run, releaseId: string): QueueView | undefined {
  const { workflowId: id, memo } = run;
  const shown = memo?.[QUEUE_MEMO] as ShownQueue | undefined;
  if (isOpen(run)) return shown && { id, releaseId, ...shown };
  // Nothing waits in a queue that has ended, also if it was ended from outside.
  return { id, releaseId, waiting: [], left: shown?.left ?? [] };
}

async function send(
  { link, runs, taskQueue }: Access,
  release: string,
  change: QueueChange,
  message: QueueMessage,
): Promise<QueueView | undefined> {
  const id = idOf(release);
  try {
    const done = await runs.update(id, queueUpdates[change], update(message));
    if (done) return done.result;
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (!undeliverable(error)) throw toSluiceError(error, (await link.settings()).address);
    throw await noAnswer(
      link,
      taskQueue,
      `The queue ${id} has not answered; release_queue_list shows whether it took the change.`,
    );
  }
  return get({ link, runs, taskQueue }, release);
}

async function list(runs: Workflows<QueueView>): Promise<readonly QueueSummary[]> {
  const found: QueueSummary[] = [];
  await runs.list([`ExecutionStatus = 'Running'`], ({ workflowId, typedSearchAttributes }) => {
    const release = workflowId.replace(/^queue\//, 'release/');
    found.push({ releaseId: release, held: typedSearchAttributes.get(ATTRIBUTES.state) === 'held' });
    return found.length < MAX_LISTED;
  });
  return found;
}
