import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { concurrencyLimit } from '../../src/domain/concurrency-limit.ts';

test('no more than so many run at once, in the order in which they came, also when some fail', async () => {
  const turn = concurrencyLimit(3);
  const begun: number[] = [];
  let [running, most] = [0, 0];
  const all = Array.from({ length: 20 }, (_, index) =>
    turn(async () => {
      begun.push(index);
      most = Math.max(most, (running += 1));
      await sleep(1);
      running -= 1;
      if (index % 5 === 0) throw new Error('failed');
      return index;
    }),
  );

  const ended = await Promise.allSettled(all);
  expect(most).toBe(3);
  expect(begun).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(4);
});
