import { expect, test } from '@jest/globals';
import type { Block } from '../../../../src/domain/analysis/block-test.ts';
import type { TimedBlock } from '../../../../src/domain/analysis/blocks.ts';
import { withoutComparison } from '../../../../src/domain/analysis/sequential/past.ts';
import { boundsInTail } from '../../../../src/domain/analysis/sequential/questions.ts';

const KNOWN = [5, 10, 25, 100, 300];
/** 10,000 answers of stable, of which these shares were slower than each bound. */
function past(shares: readonly number[]): readonly TimedBlock[] {
  const nobody = { requests: 0, bad: 0 };
  const slow = KNOWN.map((ms, index): [string, Block] => [
    `slow-${ms}ms`,
    { candidate: nobody, stable: { requests: 10_000, bad: 10_000 * (shares[index] as number) } },
  ]);
  const errors = { candidate: nobody, stable: { requests: 10_000, bad: 0 } };
  return [
    {
      from: 0,
      to: 15_000,
      instance: 'a',
      questions: { errors, ...(Object.fromEntries(slow) as Record<string, Block>) },
    },
  ];
}

test.each([
  ['never at the median of a fast service', [0.41, 0.12, 0.06, 0.004, 0.0002], [25, 100]],
  ['at most three, the slowest', [0.09, 0.05, 0.02, 0.01, 0.005], [25, 100, 300]],
  ['the first above all answers, where every answer was fast', [0.0002, 0, 0, 0, 0], [5]],
  ['the first in which hardly anything is slower, where the tail lies between two', [0.6, 0.3, 0.0004, 0, 0], [25]],
  ['none where most answers are slower than every bound', [1, 1, 0.99, 0.9, 0.8], []],
] as const)('default bounds of slow answers lie in the tail of stable: %s', (_, shares, expected) => {
  expect(boundsInTail(past(shares), KNOWN)).toEqual(expected);
});

test('without a past the usual bound is asked about', () => {
  expect(boundsInTail([], KNOWN)).toEqual([300]);
});

test.each([
  [{ weight: 100, pastRequests: 0, hasLimits: false }, true],
  [{ weight: 100, pastRequests: 500, hasLimits: false }, false],
  [{ weight: 100, pastRequests: 0, hasLimits: true }, false],
  [{ weight: 50, pastRequests: 0, hasLimits: false }, false],
])('a plan learns where nothing can judge a step: %j', (step, isBlind) => {
  expect(withoutComparison(step) !== undefined).toBe(isBlind);
});
