import { setTimeout as sleep } from 'node:timers/promises';

/** A limit only ends what hangs. A busy machine takes several times as long as an idle one, and that is no failure. */
const BUSY = 3;

interface Patience {
  /** On an idle machine. */
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
  const limitMs = timeoutMs * BUSY;
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await look();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline)
      throw new Error(`Not within ${limitMs / 1000} s: ${what}${now ? `; now: ${JSON.stringify(await now())}` : ''}`);
    await sleep(everyMs);
  }
}
