import { ActivityFailure, condition, isCancellation, sleep } from '@temporalio/workflow';
import { first } from './first.ts';
import type { ReleaseRun } from './release-run.ts';
import { ReleaseStopped, stopCause } from './stopped.ts';

/** After a failure for good the next try comes by itself: credentials and rights come back without a human. */
const FIRST_RETRY_MS = 30_000;
const LAST_RETRY_MS = 600_000;

/**
 * Does what must be done, whatever happens: it retries until it is done. When it fails for good, or takes longer than
 * the release allows, a human is asked, and it is tried again meanwhile; `resume` tries it at once. Call it in a
 * non-cancellable scope.
 */
export async function insist<T>(run: ReleaseRun, what: 'rollback' | 'promotion', work: () => Promise<T>): Promise<T> {
  for (;;) {
    const done = await attempt(run, what, work);
    if (done !== AGAIN) return done;
    run.enter(what === 'rollback' ? 'aborting' : 'promoting', `trying the ${what} again`);
  }
}

const AGAIN = Symbol('again');

async function attempt<T>(run: ReleaseRun, what: string, work: () => Promise<T>): Promise<T | typeof AGAIN> {
  try {
    return await first<T | typeof AGAIN>(() => [work(), alarm(run, what)]);
  } catch (error) {
    if (error instanceof ReleaseStopped) throw error;
    return callHuman(run, `the ${what} cannot go on: ${stopCause(error).reason}`, work);
  }
}

async function alarm(run: ReleaseRun, what: string): Promise<typeof AGAIN> {
  const { rollbackMs } = run.input.spec.timeouts;
  await run.clock.sleep(rollbackMs, `${what} done`);
  return callHuman(run, `the ${what} has not settled within ${rollbackMs / 1000} s; still trying`);
}

/** `work`: is tried again while the question stands. Absent: it is still under way. */
async function callHuman<T>(run: ReleaseRun, reason: string, work?: () => Promise<T>): Promise<T | typeof AGAIN> {
  const tries = run.retries;
  run.ask('failed-needs-human', reason, { for: 'human', answers: ['resume'] });
  const resumed = (): Promise<void> => condition(() => run.retries > tries);
  if (work && run.careful)
    return first<T | typeof AGAIN>(() => [resumed().then((): typeof AGAIN => AGAIN), triedAgain(work)]);
  await resumed();
  return AGAIN;
}

/** Ends with the first success; a failure does not ask anew. */
async function triedAgain<T>(work: () => Promise<T>): Promise<T> {
  for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
    await sleep(wait, { summary: 'next try' });
    try {
      return await work();
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    }
  }
}
