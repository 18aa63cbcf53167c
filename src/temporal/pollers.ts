import { SluiceError } from '../domain/errors.ts';
import type { TemporalLink } from './connection.ts';

const WORKFLOW_QUEUE = 1;
/** Temporal lists a poller for minutes after it has stopped. A live worker polls again within one long poll. */
const FRESH_MS = 70_000;

/** Number of workers that have polled the task queue recently. */
export async function countPollers(link: TemporalLink, taskQueue: string, limitMs?: number): Promise<number> {
  const { namespace } = await link.settings();
  const answer = await link.call(
    (_, connection) =>
      connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: WORKFLOW_QUEUE,
      }),
    limitMs,
  );
  const since = Date.now() - FRESH_MS;
  return (answer.pollers ?? []).filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 >= since)
    .length;
}

/** The error for a call that no worker answered. `about`: the facts that are known without a worker. */
export async function noAnswer(
  link: TemporalLink,
  taskQueue: string,
  about: string,
  details: Record<string, unknown> = {},
): Promise<SluiceError> {
  const pollers = await countPollers(link, taskQueue, 1000);
  if (pollers > 0)
    return new SluiceError(
      'NO_ANSWER',
      `${about} ${pollers} worker(s) poll the task queue "${taskQueue}", but none has answered yet.`,
      { details },
    );
  return new SluiceError('NO_ANSWER', `${about} No worker polls the task queue "${taskQueue}".`, {
    next: 'Start a worker (sluice worker), then repeat the call; a repeated request id is safe.',
    details,
  });
}
