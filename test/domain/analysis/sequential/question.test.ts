import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Block } from '../../../../src/domain/analysis/block-test.ts';
import {
  answer,
  askQuestion,
  type Moment,
  type QuestionState,
} from '../../../../src/domain/analysis/sequential/question.ts';
import { betsOn, FIRST_FORECAST, MARGIN } from '../../../../src/domain/analysis/sequential/forecast.ts';
import { bet, logE, newWealth, stake } from '../../../../src/domain/analysis/sequential/wealth.ts';

const MOMENT: Moment = { ms: 15_000, ageMs: 60_000, at: 3_615_000, comparedWith: 'stable' };
const arm = (most: number) =>
  fc
    .integer({ min: 0, max: most })
    .chain((requests) => fc.record({ requests: fc.constant(requests), bad: fc.integer({ min: 0, max: requests }) }));
const history = fc.array(fc.record({ candidate: arm(200), stable: arm(200) }), { maxLength: 6 });
const past = fc.array(arm(2_000), { maxLength: 12 });

function after(
  before: readonly { requests: number; bad: number }[],
  blocks: readonly Block[],
  delta: number,
): QuestionState {
  const first = askQuestion(before.map((one, index) => ({ ...one, from: index * 300_000, to: (index + 1) * 300_000 })));
  return blocks.reduce<QuestionState>((state, block) => answer(state, block, delta, MOMENT, true), first);
}

function binomial(n: number, k: number, p: number): number {
  let value = (1 - p) ** n;
  for (let i = 1; i <= k; i += 1) value *= ((n - i + 1) / i) * (p / (1 - p));
  return value;
}

/** The exact expectation of what a block multiplies both e-values by, when the true rates are (candidate, stable). */
function expected(
  state: QuestionState,
  [nc, ns]: readonly [number, number],
  delta: number,
  candidate: number,
  stable: number,
) {
  let [worse, notWorse] = [0, 0];
  for (let kc = 0; kc <= nc; kc += 1)
    for (let ks = 0; ks <= ns; ks += 1) {
      const block = { candidate: { requests: nc, bad: kc }, stable: { requests: ns, bad: ks } };
      const next = answer(state, block, delta, MOMENT, true);
      const chance = binomial(nc, kc, candidate) * binomial(ns, ks, stable);
      worse += chance * Math.exp(logE(next.worse) - logE(state.worse));
      notWorse += chance * Math.exp(logE(next.notWorse) - logE(state.notWorse));
    }
  return { worse, notWorse };
}

test('whatever came before, a block is expected to multiply neither e-value by more than 1 on its null, exactly', () => {
  fc.assert(
    fc.property(
      past,
      history,
      fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
      fc.constantFrom(0.005, 0.01, 0.05, 0.2),
      fc.double({ min: 0.001, max: 0.7, noNaN: true }),
      (before, blocks, sizes, delta, q) => {
        const { worse, notWorse } = expected(after(before, blocks, delta), sizes, delta, q + delta, q);
        expect(worse).toBeLessThanOrEqual(1 + 1e-9);
        expect(notWorse).toBeLessThanOrEqual(1 + 1e-9);
      },
    ),
    { numRuns: 60 },
  );
});

test('deep in its null an e-value is expected to fall', () => {
  const state = after([{ requests: 2_000, bad: 40 }], [], 0.01);

  expect(expected(state, [8, 8], 0.01, 0.02, 0.02).worse).toBeLessThan(1);
  expect(expected(state, [8, 8], 0.01, 0.2, 0.02).notWorse).toBeLessThan(1);
});

test('bets never exceed the wealth, and each side bets on its own states', () => {
  for (const boost of [1, 4, 16])
    for (const side of ['worse', 'not-worse'] as const) {
      const bets = betsOn(side, FIRST_FORECAST, boost);
      expect(bets.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(1);
      bets.forEach((one, state) => expect(one > 0).toBe(side === 'worse' ? state > MARGIN : state < MARGIN));
    }
});

test('the first probabilities add up to 1', () => {
  expect(FIRST_FORECAST.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
});

test('wealth starts at 1, staking keeps it, and ruin of the bets leaves the reserve', () => {
  const wealth = newWealth(0.8);
  expect(logE(wealth)).toBeCloseTo(0, 12);
  expect(logE(stake(wealth, 0.3))).toBeCloseTo(0, 12);
  expect(Math.exp(logE(bet(wealth, -1e9)))).toBeCloseTo(0.2, 12);
});
