import { setTimeout as sleep } from 'node:timers/promises';

interface Patience {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** Describes the current state, for the error. */
  readonly now?: () => unknown;
}

/** Polls until there is a result. The error contains what was awaited and the state at that time. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  { timeoutMs = 30_000, everyMs = 50, now }: Patience = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await look();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline)
      throw new Error(`Not within ${timeoutMs / 1000} s: ${what}${now ? `; now: ${JSON.stringify(now())}` : ''}`);
    await sleep(everyMs);
  }
}
