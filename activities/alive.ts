import { Context, sleep } from '@temporalio/activity';
import { toFailure } from './failure.ts';
import { noteBeginning } from './stall.ts';

/**
 * Shorter than the heartbeat timeout in workflows/activity-options.ts, so that a dead worker is detected and a slow
 * call is not mistaken for one.
 */
const BEAT_MS = 1_000;

type Activity = (...input: never[]) => Promise<unknown>;

/**
 * Wraps every activity. It sends heartbeats while the activity runs, through which the activity also learns of its
 * cancellation, and classifies its errors.
 */
export function alive<A extends Record<string, Activity>>(activities: A): A {
  const wrapped = Object.entries(activities).map(([name, run]) => [name, keepAlive(run)]);
  return Object.fromEntries(wrapped) as A;
}

function keepAlive(run: Activity): Activity {
  return async (...input) => {
    noteBeginning();
    const beat = setInterval(() => Context.current().heartbeat(), BEAT_MS);
    try {
      return await run(...input);
    } catch (error) {
      throw toFailure(error, Context.current().info.attempt);
    } finally {
      clearInterval(beat);
    }
  };
}

/** Poll interval of a waiting activity: short at first, when most changes happen, then longer. */
const QUICK_MS = 200;
const SLOW_MS = 1_000;
const QUICK_FOR_MS = 15_000;

/** Polls until `look` returns a value. Cancellation ends it. The workflow sets the time limits. */
export async function waitFor<T>(look: () => Promise<T | undefined>): Promise<T> {
  const began = Date.now();
  for (;;) {
    const answer = await look();
    if (answer !== undefined) return answer;
    await sleep(Date.now() - began < QUICK_FOR_MS ? QUICK_MS : SLOW_MS);
  }
}
