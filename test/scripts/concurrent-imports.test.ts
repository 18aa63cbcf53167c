import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';

// Product code loads some libraries when they are needed first. A test that runs beside others does so at any time,
// also when one of the others has just ended, and Jest's own runtime refuses that. See jest-runtime.cjs.
const others = Array.from({ length: 20 }, (_, index) => index);
let running = true;

test.concurrent('a module is loaded while other tests begin and end', async () => {
  const refused: unknown[] = [];
  for (let turns = 0; running; turns += 1) {
    await import('yaml').catch((error: unknown) => refused.push(error));
    if (turns % 50 === 0) await sleep(0);
  }
  expect(refused).toEqual([]);
});

test.concurrent.each(others)('another test: %i', async (index) => {
  await sleep(index);
  running = index + 1 < others.length;
});
