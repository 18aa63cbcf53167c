import { ActivityFailure, condition, isCancellation, sleep } from '@temporalio/workflow';
import type { StopCause } from '../src/domain/release/stop.ts';
import { leaveRollback, mustLeave, RunLeft } from './continuing.ts';
import { first } from './first.ts';
import type { ReleaseRun } from './release-run.ts';
import { ReleaseStopped, stopCause } from './stopped.ts';

/** The work is retried automatically after a permanent failure: credentials and rights can return without a human. */
const FIRST_RETRY_MS = 30_000;
const LAST_RETRY_MS = 600_000;

/**
 * Retries `work` until it succeeds. When `work` fails permanently, or takes longer than the release allows, the release
 * asks a human. The retries continue meanwhile, and `resume` retries at once. Precondition: the caller is in a
 * non-cancellable scope.
 */
export async function retryUntilDone<T>(
  run: ReleaseRun,
  what: 'rollback' | 'promotion',
  cause: StopCause,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    if (mustLeave(run)) await leaveRollback(run, cause);
    const done = await attempt(run, what, cause, work);
    if (done !== AGAIN) return done;
    run.enter(what === 'rollback' ? 'aborting' : 'promoting', `trying the ${what} again`);
  }
}

const AGAIN = Symbol('again');

async function attempt<T>(
  run: ReleaseRun,
  what: string,
  cause: StopCause,
  work: () => Promise<T>,
): Promise<T | typeof AGAIN> {
  try {
    return await first<T | typeof AGAIN>(() => [work(), alarm(run, what)]);
  } catch (error) {
    if (error instanceof ReleaseStopped || error instanceof RunLeft) throw error;
    return callHuman(run, `the ${what} cannot go on: ${stopCause(error).reason}`, { cause, work });
  }
}

async function alarm(run: ReleaseRun, what: string): Promise<typeof AGAIN> {
  const { rollbackMs } = run.input.spec.timeouts;
  await run.clock.sleep(rollbackMs, `${what} done`);
  return callHuman(run, `the ${what} has not settled within ${rollbackMs / 1000} s; still trying`);
}

/** The work that has failed, and why the release goes back. */
interface Failed<T> {
  readonly cause: StopCause;
  readonly work: () => Promise<T>;
}

/** The work is retried while the question is open. If `failed` is absent, the work is still running. */
async function callHuman<T>(run: ReleaseRun, reason: string, failed?: Failed<T>): Promise<T | typeof AGAIN> {
  const tries = run.retries;
  run.ask('failed-needs-human', reason, { for: 'human', answers: ['resume'] });
  const resumed = (): Promise<void> => condition(() => run.retries > tries);
  if (failed && run.careful)
    return first<T | typeof AGAIN>(() => [resumed().then((): typeof AGAIN => AGAIN), triedAgain(run, failed)]);
  await resumed();
  return AGAIN;
}

/** Returns the result of the first success. A failed attempt does not ask the person again. */
async function triedAgain<T>(run: ReleaseRun, { cause, work }: Failed<T>): Promise<T> {
  for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
    await sleep(wait, { summary: 'next try' });
    if (mustLeave(run)) await leaveRollback(run, cause);
    try {
      return await work();
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    }
  }
}
