import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addBlock as addToFirst, START as FIRST } from '../../../bench/analysis/contenders/first-judge/block-test.ts';
import { logEValue, type ArmBlock, type Block } from '../../../src/domain/analysis/block-test.ts';

type Row = readonly [number, number, number, number];
type Direction = 'worse' | 'not-worse';

interface Process {
  readonly logE: number;
  readonly candidate: ArmBlock;
  readonly stable: ArmBlock;
  readonly blocks: number;
}
const START: Process = { logE: 0, candidate: { requests: 0, bad: 0 }, stable: { requests: 0, bad: 0 }, blocks: 0 };

/** The bets of the reference below: rates from all blocks before, with the prior of the first judge. */
function addBlock(process: Process, next: Block, delta: number, direction: Direction): Process {
  const rate = ({ requests, bad }: ArmBlock) => (bad + 0.18) / (requests + 0.18 + 3.4);
  const rates = { candidate: rate(process.candidate), stable: rate(process.stable) };
  const isBet = direction === 'worse' ? rates.candidate - rates.stable > delta : rates.candidate - rates.stable < delta;
  const add = (a: ArmBlock, b: ArmBlock) => ({ requests: a.requests + b.requests, bad: a.bad + b.bad });
  return {
    logE: process.logE + (isBet ? logEValue(next, rates, delta) : 0),
    candidate: add(process.candidate, next.candidate),
    stable: add(process.stable, next.stable),
    blocks: process.blocks + 1,
  };
}

const block = ([nc, kc, ns, ks]: Row): Block => ({
  candidate: { requests: nc, bad: kc },
  stable: { requests: ns, bad: ks },
});
const run = (rows: readonly Row[], delta: number, direction: Direction): Process[] =>
  rows.reduce<Process[]>((seen, row) => [...seen, addBlock(seen.at(-1) ?? START, block(row), delta, direction)], []);

const A: readonly Row[] = [
  [20, 1, 180, 3],
  [20, 2, 180, 4],
  [20, 0, 180, 2],
  [25, 3, 175, 5],
  [50, 4, 150, 2],
  [50, 5, 150, 3],
  [100, 9, 100, 1],
];
const B: readonly Row[] = [
  [20, 0, 380, 4],
  [100, 1, 300, 3],
  [200, 2, 200, 2],
  [200, 1, 200, 3],
  [400, 3, 400, 5],
];
const C: readonly Row[] = [
  [7, 7, 3, 0],
  [1, 0, 900, 1],
  [900, 1, 1, 1],
];

/**
 * Made with scipy 1.17.1: q from scipy.optimize.minimize_scalar (bounded, xatol 1e-14) over n_c·KL + n_s·KL,
 * likelihoods from scipy.stats.binom.logpmf, rounded to six places.
 */
const SCIPY: readonly (readonly [string, readonly Row[], number, Direction, readonly number[]])[] = [
  ['A', A, 0, 'worse', [0, 1.121124, 0.605357, 2.164501, 4.351687, 6.913488, 10.449795]],
  ['A', A, 0.01, 'worse', [0, 0.638007, 0.066472, 1.016878, 2.448784, 4.263374, 6.982529]],
  ['A', A, 0.01, 'not-worse', [-0.090985, -0.090985, -0.090985, -0.090985, -0.090985, -0.090985, -0.090985]],
  ['A', A, 0.05, 'worse', [0, 0, -0.058784, -0.058784, -0.058387, 0.033341, 0.355125]],
  ['A', A, 0.05, 'not-worse', [-0.029878, -0.260151, -0.260151, -0.64765, -0.64765, -0.64765, -0.64765]],
  ['B', B, 0, 'not-worse', [0, -0.045058, -0.049646, 0.00497, 0.232837]],
  ['B', B, 0.01, 'not-worse', [0.068646, 0.303015, 0.757138, 2.147763, 4.162003]],
  ['B', B, 0.05, 'not-worse', [0.630754, 3.825122, 10.007794, 18.601316, 33.511748]],
  ['C', C, 0, 'worse', [0, -0.464428, -8.251712]],
  ['C', C, 0.05, 'worse', [0, -0.83202, -8.346957]],
  ['C', C, 0.05, 'not-worse', [-3.064568, -3.064568, -3.064568]],
];

describe('e-values as an independent implementation has them', () => {
  test.each(SCIPY)('blocks %s %#', (_, rows, delta, direction, expected) => {
    run(rows, delta, direction).forEach(({ logE }, index) => expect(logE).toBeCloseTo(expected[index] ?? NaN, 5));
  });
});

test('the judge that was frozen as a contender finds the same nearest null, by bisection', () => {
  for (const [, rows, delta, direction] of SCIPY) {
    let first = FIRST;
    run(rows, delta, direction).forEach(({ logE }, index) => {
      first = addToFirst(first, block(rows[index] as Row), delta, direction);
      expect(logE).toBeCloseTo(first.logE, 8);
    });
  }
});

const arm = fc
  .integer({ min: 0, max: 400 })
  .chain((requests) => fc.record({ requests: fc.constant(requests), bad: fc.integer({ min: 0, max: requests }) }));
const history = fc.record({ candidate: arm, stable: arm });
const margins = fc.constantFrom(0, 0.005, 0.01, 0.05, 0.2);
const directions = fc.constantFrom<Direction>('worse', 'not-worse');

function binomial(n: number, k: number, p: number): number {
  let value = (1 - p) ** n;
  for (let i = 1; i <= k; i += 1) value *= ((n - i + 1) / i) * (p / (1 - p));
  return value;
}

/** The exact expectation of a block's factor when the true rates are (q + δ, q). */
function expectation(
  before: Process,
  sizes: readonly [number, number],
  delta: number,
  direction: Direction,
  q: number,
): number {
  let sum = 0;
  for (let kc = 0; kc <= sizes[0]; kc += 1)
    for (let ks = 0; ks <= sizes[1]; ks += 1) {
      const { logE } = addBlock({ ...before, logE: 0 }, block([sizes[0], kc, sizes[1], ks]), delta, direction);
      sum += binomial(sizes[0], kc, q + delta) * binomial(sizes[1], ks, q) * Math.exp(logE);
    }
  return sum;
}

describe('what makes it valid at whatever moment it stops', () => {
  test('whatever came before, the expected factor of a block on the edge of the null is at most 1, exactly', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(
        history,
        sizes,
        margins,
        directions,
        fc.double({ min: 0.001, max: 0.75, noNaN: true }),
        (past, size, delta, direction, q) => {
          expect(expectation({ ...past, logE: 0, blocks: 1 }, size, delta, direction, q)).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('more bad answers of the candidate never speak for it', () => {
    fc.assert(
      fc.property(
        history,
        margins,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (past, delta, nc, ns) => {
          const before = { ...past, logE: 0, blocks: 1 };
          const logE = (kc: number, direction: Direction) =>
            addBlock(before, block([nc, kc, ns, 0]), delta, direction).logE;
          for (let kc = 1; kc <= nc; kc += 1) {
            expect(logE(kc, 'worse')).toBeGreaterThanOrEqual(logE(kc - 1, 'worse') - 1e-12);
            expect(logE(kc, 'not-worse')).toBeLessThanOrEqual(logE(kc - 1, 'not-worse') + 1e-12);
          }
        },
      ),
    );
  });

  test('without a margin the labels are only names: swapped arms give the other direction', () => {
    fc.assert(
      fc.property(fc.array(history, { minLength: 1, maxLength: 8 }), (blocks) => {
        const forward = blocks.reduce<Process>((process, each) => addBlock(process, each, 0, 'worse'), START);
        const swapped = blocks.reduce<Process>(
          (process, { candidate, stable }) =>
            addBlock(process, { candidate: stable, stable: candidate }, 0, 'not-worse'),
          START,
        );
        expect(swapped.logE).toBeCloseTo(forward.logE, 6);
      }),
    );
  });

  test('an interval without any request changes nothing, whenever it comes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(A, B, C),
        fc.nat(6),
        fc.constantFrom(0, 0.01, 0.05),
        fc.constantFrom<Direction>('worse', 'not-worse'),
        (rows, at, delta, direction) => {
          const quiet = run([...rows.slice(0, at), [0, 0, 0, 0], ...rows.slice(at)], delta, direction).at(-1);
          expect(quiet).toEqual({ ...run(rows, delta, direction).at(-1), blocks: rows.length + 1 });
        },
      ),
    );
  });

  test('a block without requests of one arm says nothing about a difference', () => {
    const before = run(A, 0.01, 'worse').at(-1) ?? START;

    expect(addBlock(before, block([0, 0, 200, 4]), 0.01, 'worse').logE).toBeCloseTo(before.logE, 9);
    expect(addBlock(before, block([50, 4, 0, 0]), 0.01, 'worse').logE).toBeCloseTo(before.logE, 9);
  });
});
