import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';

const FIRST_POLL_MS = 100;
const LAST_POLL_MS = 1_000;

/** Reads at growing intervals. Returns the last object when it is settled, when the time is over, or when cancelled. */
export async function untilSettled(
  read: () => Promise<ApiObject>,
  isSettled: (object: ApiObject) => boolean,
  { signal, withinMs }: { readonly signal: AbortSignal; readonly withinMs: number },
): Promise<ApiObject> {
  const end = performance.now() + withinMs;
  for (let poll = FIRST_POLL_MS; ; poll = Math.min(poll * 2, LAST_POLL_MS)) {
    const object = await read();
    if (isSettled(object) || signal.aborted || performance.now() + poll > end) return object;
    await sleep(poll);
  }
}
