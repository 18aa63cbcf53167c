import { setTimeout as sleep } from 'node:timers/promises';

/** Traefik takes a change over within its providersThrottleDuration, 2 s unless set, after the one before. */
const SETTLE_MS = 8_000;
const POLL_MS = 150;

/** Looks until `enough`, or until the time is over; the last sight in both cases. */
export async function until<Sight>(
  look: () => Promise<Sight>,
  enough: (sight: Sight) => boolean,
  limitMs = SETTLE_MS,
): Promise<Sight> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const sight = await look();
    if (enough(sight) || Date.now() >= deadline) return sight;
    await sleep(POLL_MS);
  }
}
