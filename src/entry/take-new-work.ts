import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../observability/log.ts';
import type { WorkerBuilds } from '../temporal/builds.ts';

/** Who makes a build current when its first worker starts. */
const WORKER = 'the first worker of the build';
const RETRY_MS = 500;
const PATIENCE_MS = 60_000;

/**
 * Makes the build of this worker the one that takes new releases, if Temporal has never given it new work. A known
 * build stays as it is: a worker that is restarted to end old releases takes no new ones. Logs what it did.
 */
export async function takeNewWork(builds: WorkerBuilds, build: string, log: Log): Promise<void> {
  let last: unknown;
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(RETRY_MS)) {
    try {
      const known = (await builds.list()).find((one) => one.build === build);
      // The server knows the build when its worker has polled for the first time.
      if (known === undefined) continue;
      if (known.state !== 'inactive')
        return log.info({ build, state: known.state }, 'the build of this worker is known');
      await builds.setCurrent(build, WORKER);
      return log.info({ build }, 'new releases go to the build of this worker');
    } catch (error) {
      last = error;
    }
  }
  log.warn(
    { build, error: last instanceof Error ? last.message : undefined },
    'the build of this worker does not take new releases; worker_version_activate changes that',
  );
}
