import { setTimeout as sleep } from 'node:timers/promises';

interface Patience {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** Says how things stand, for the error. */
  readonly now?: () => unknown;
}

/** Looks until there is an answer. The error says what was waited for and how things stood. */
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
