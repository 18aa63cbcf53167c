import { setTimeout as sleep } from 'node:timers/promises';

export const ENDED = 'has ended before it opened its port';

const POLL_MS = 200;
const REQUEST_MS = 5_000;

/** Waits until the address answers HTTP. Undefined if it does, else what the server did instead. */
export async function portOpened(
  address: string,
  seconds: number,
  isUp: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await answers(address)) return undefined;
    if (!(await isUp())) return ENDED;
    if (Date.now() > end) return `has not opened its port in ${seconds} s`;
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function answers(address: string): Promise<boolean> {
  try {
    await (await fetch(address, { signal: AbortSignal.timeout(REQUEST_MS) })).body?.cancel();
    return true;
  } catch {
    return false;
  }
}
