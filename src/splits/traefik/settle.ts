import { setTimeout as sleep } from 'node:timers/promises';

/** Traefik applies a change at most one providersThrottleDuration (by default 2 s) after the previous one. */
const SETTLE_MS = 8_000;
const POLL_MS = 150;

/** Reads until `enough` holds or the time is over. Returns the last result in both cases. */
export async function until<Result>(
  look: () => Promise<Result>,
  enough: (result: Result) => boolean,
  limitMs = SETTLE_MS,
): Promise<Result> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const result = await look();
    if (enough(result) || Date.now() >= deadline) return result;
    await sleep(POLL_MS);
  }
}
