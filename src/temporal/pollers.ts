import { SluiceError } from '../domain/errors.ts';
import type { TemporalLink } from './connection.ts';
import { plural } from '../domain/plural.ts';
import { versionIn, type PollingWorker } from '../domain/worker-build.ts';
import { POLLED_WITHIN_MS } from './gateway.ts';

const WORKFLOW_QUEUE = 1;

/** Each worker that has polled the task queue recently. One that has just stopped is among them. */
export async function recentWorkers(
  link: TemporalLink,
  taskQueue: string,
  limitMs?: number,
): Promise<readonly PollingWorker[]> {
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
  return (answer.pollers ?? [])
    .filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 >= since)
    .map(({ deploymentOptions: options, identity }) => ({
      build: options && Number(options.workerVersioningMode) === VERSIONED ? (options.buildId ?? '') : '',
      ...versionIn(identity ?? ''),
    }));
}

/** The build of each worker that has polled the task queue recently. Empty for a worker without worker versioning. */
export async function recentPollers(
  link: TemporalLink,
  taskQueue: string,
  limitMs?: number,
): Promise<readonly string[]> {
  return (await recentWorkers(link, taskQueue, limitMs)).map(({ build }) => build);
}

/** temporal.api.enums.v1.WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED */
const VERSIONED = 2;

/**
 * The error for a call that no worker answered. `about`: the facts that are known without a worker. `build`: the build
 * that alone can answer.
 */
export async function noAnswer(
  link: TemporalLink,
  taskQueue: string,
  about: string,
  details: Record<string, unknown> = {},
  build?: string,
): Promise<SluiceError> {
  const pollers = await recentPollers(link, taskQueue, 1000);
  const queue = `the task queue "${taskQueue}" in the last ${POLLED_WITHIN_MS / 1000} s`;
  if (build !== undefined) return withoutBuild(build, pollers.includes(build), about, queue, details);
  if (pollers.length > 0)
    return new SluiceError(
      'NO_ANSWER',
      `${about} ${plural(pollers.length, 'worker')} polled ${queue}, but none has answered yet; a worker that has just stopped is counted too.`,
      { next: 'See whether a worker still runs, or start one (sluice worker). Then repeat the call.', details },
    );
  return new SluiceError('NO_ANSWER', `${about} No worker polled ${queue}.`, {
    next: 'Start a worker (sluice worker), then repeat the call; a repeated request id is safe.',
    details,
  });
}

function withoutBuild(
  build: string,
  polled: boolean,
  about: string,
  queue: string,
  details: Record<string, unknown>,
): SluiceError {
  const workers = polled
    ? `A worker of that build polled ${queue}, but none has answered yet; one that has just stopped is counted too.`
    : `No worker of that build polled ${queue}.`;
  return new SluiceError('NO_ANSWER', `${about} It is tied to the build ${build}. ${workers}`, {
    next: `Start a worker of the build ${build}, or move an open run to another build with worker_version_move.`,
    details: { ...details, build },
  });
}
