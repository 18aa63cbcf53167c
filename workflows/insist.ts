import { condition } from '@temporalio/workflow';
import { first } from './first.ts';
import type { ReleaseRun } from './release-run.ts';
import { ReleaseStopped, stopCause } from './stopped.ts';

/**
 * Does what must be done, whatever happens: it retries until it is done. When it fails for good, or takes longer than
 * the
 * release allows, a human is asked; `resume` starts it anew. Call it in a non-cancellable scope.
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
    return callHuman(run, `the ${what} cannot go on: ${stopCause(error).reason}`);
  }
}

async function alarm(run: ReleaseRun, what: string): Promise<typeof AGAIN> {
  const { rollbackMs } = run.input.spec.timeouts;
  await run.clock.sleep(rollbackMs, `${what} done`);
  return callHuman(run, `the ${what} has not settled within ${rollbackMs / 1000} s; still trying`);
}

async function callHuman(run: ReleaseRun, reason: string): Promise<typeof AGAIN> {
  const tries = run.retries;
  run.ask('failed-needs-human', reason, { for: 'human', answers: ['resume'] });
  await condition(() => run.retries > tries);
  return AGAIN;
}
