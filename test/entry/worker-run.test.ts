import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { runToTheEnd, type Runnable } from '../../src/entry/worker-run.ts';

/** A worker that is in these states one after the other, each for a second, and whose run ends or does not. */
function worker(states: readonly ReturnType<Runnable['getState']>[], run: () => Promise<void>): Runnable {
  const began = performance.now();
  return {
    run,
    getState: () => states[Math.min(states.length - 1, Math.floor((performance.now() - began) / 1000))] ?? 'FAILED',
  };
}
const never = () => new Promise<void>(() => undefined);

test('a worker that has stopped polling and does not end is an error', async () => {
  await expect(runToTheEnd(worker(['RUNNING', 'DRAINING'], never), 700)).rejects.toMatchObject({
    code: 'WORKER_STOPPED',
    message: 'The worker has not polled for 0.7 s; its state is DRAINING.',
  });
});

test('a worker that polls, or that ends in time, is none', async () => {
  const polling = runToTheEnd(worker(['RUNNING'], never), 100).then(() => 'ended');
  expect(await Promise.race([polling, sleep(1_500, 'still polling')])).toBe('still polling');
  await expect(
    runToTheEnd(
      worker(['STOPPING'], () => sleep(800)),
      60_000,
    ),
  ).resolves.toBeUndefined();
});

test('an error of the worker is that of the run', async () => {
  const failing = worker(['RUNNING'], () => Promise.reject(new Error('core')));
  await expect(runToTheEnd(failing, 100)).rejects.toThrow('core');
});
