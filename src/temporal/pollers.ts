import { SluiceError } from '../domain/errors.ts';
import type { TemporalLink } from './connection.ts';
import { plural } from '../domain/plural.ts';
import { POLLED_WITHIN_MS } from './gateway.ts';

const WORKFLOW_QUEUE = 1;

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
  const since = Date.now() - POLLED_WITHIN_MS;
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
  const queue = `the task queue "${taskQueue}" in the last ${POLLED_WITHIN_MS / 1000} s`;
  if (pollers > 0)
    return new SluiceError(
      'NO_ANSWER',
      `${about} ${plural(pollers, 'worker')} polled ${queue}, but none has answered yet; a worker that has just stopped is counted too.`,
      { next: 'See whether a worker still runs, or start one (sluice worker). Then repeat the call.', details },
    );
  return new SluiceError('NO_ANSWER', `${about} No worker polled ${queue}.`, {
    next: 'Start a worker (sluice worker), then repeat the call; a repeated request id is safe.',
    details,
  });
}
