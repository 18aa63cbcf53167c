import { setTimeout as sleep } from 'node:timers/promises';
import type { State } from '@temporalio/worker';
import { SluiceError } from '../domain/errors.ts';

/** What is needed of a worker of Temporal. */
export interface Runnable {
  run(): Promise<void>;
  getState(): State;
}

const LOOK_MS = 500;

/**
 * Runs a worker to its end. A worker that has stopped polling and does not end within `limitMs` ends with an error: its
 * process would look alive and do nothing. The SDK (1.24.0) waits without a limit for a workflow task that failed
 * inside it. Errors: WORKER_STOPPED, and those of the worker.
 */
export async function runToTheEnd(worker: Runnable, limitMs: number): Promise<void> {
  const ended = new AbortController();
  try {
    await Promise.race([worker.run(), stopped(worker, limitMs, ended.signal)]);
  } finally {
    ended.abort();
  }
}

/** Rejects when the worker has not polled for `limitMs`. It never resolves. */
async function stopped(worker: Runnable, limitMs: number, ended: AbortSignal): Promise<never> {
  let since: number | undefined;
  for (;;) {
    // The run decides. This loop must not keep the process open.
    await sleep(LOOK_MS, undefined, { ref: false });
    if (ended.aborted) return new Promise<never>(() => undefined);
    since = isPolling(worker) ? undefined : (since ?? performance.now());
    if (since !== undefined && performance.now() - since > limitMs)
      throw new SluiceError(
        'WORKER_STOPPED',
        `The worker has not polled for ${limitMs / 1000} s; its state is ${worker.getState()}.`,
      );
  }
}

function isPolling(worker: Runnable): boolean {
  const state = worker.getState();
  return state === 'INITIALIZED' || state === 'RUNNING';
}
