import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeAgreement, measureShares } from '../../../src/domain/route/agreement.ts';

const count = fc.nat(100_000);

/** A proxy in turn, as Traefik's: `total` requests dealt out by weight, earliest deadline first. */
function dealt(weights: readonly number[], total: number): number[] {
  const counts = weights.map(() => 0);
  for (let request = 0; request < total; request += 1) {
    const due = weights.map((weight, index) => (weight > 0 ? ((counts[index] ?? 0) + 1) / weight : Infinity));
    const next = due.indexOf(Math.min(...due));
    counts[next] = (counts[next] ?? 0) + 1;
  }
  return counts;
}

test('a small weight that no request reaches does not agree', () => {
  expect(judgeAgreement([98, 2], [1146, 0])).toBe('no');
  expect(judgeAgreement([98, 2], [1123, 23])).toBe('yes');
});

describe('measureShares', () => {
  test('shares sum to one, each within its bounds, and bounds within 0 and 1', () => {
    fc.assert(
      fc.property(fc.array(count, { minLength: 2, maxLength: 4 }), (requests) => {
        const shares = measureShares(requests);
        const total = requests.reduce((sum, one) => sum + one, 0);
        if (total > 0) expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
        for (const { share, low, high } of shares) {
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(share).toBeGreaterThanOrEqual(low - 1e-9);
          expect(share).toBeLessThanOrEqual(high + 1e-9);
        }
      }),
    );
  });

  // Wilson's own example values: R. Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263 and 15 of 148.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
  ])('%i of %i has the published 95 %% interval', (hits, total, low, high) => {
    const [share] = measureShares([hits, total - hits]);
    expect(share?.low).toBeCloseTo(low, 4);
    expect(share?.high).toBeCloseTo(high, 4);
  });
});

describe('judgeAgreement', () => {
  test('the order of the Services does not matter', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), count, count, (weight, a, b) => {
        expect(judgeAgreement([weight, 100 - weight], [a, b])).toBe(judgeAgreement([100 - weight, weight], [b, a]));
      }),
    );
  });

  test('what Traefik deals out by the weights is never called a disagreement, and is a yes with enough of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.nat(3_000), (weight, total) => {
        const requests = dealt([100 - weight, weight], total);
        const answer = judgeAgreement([100 - weight, weight], requests);
        expect(answer).not.toBe('no');
        if (total >= 400) expect(answer).toBe('yes');
        if (total < 20) expect(answer).toBe('too little data');
      }),
    );
  });

  test('a share that is 10 points off is found with 1,000 requests', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 10, max: 100 }),
        fc.boolean(),
        (weight, off, up) => {
          const actual = up ? weight + off : weight - off;
          fc.pre(actual >= 0 && actual <= 100);
          expect(judgeAgreement([100 - weight, weight], [10 * (100 - actual), 10 * actual])).toBe('no');
        },
      ),
    );
  });

  test('a canary that got nothing of 1 % is not called good while nothing was to be expected', () => {
    expect(judgeAgreement([99, 1], [200, 0])).toBe('too little data');
    expect(judgeAgreement([99, 1], [2_000, 0])).toBe('no');
    expect(judgeAgreement([95, 5], [2_000, 0])).toBe('no');
    expect(judgeAgreement([100, 0], [1_000, 0])).toBe('yes');
    expect(judgeAgreement([0, 0], [0, 0])).toBe('too little data');
  });

  test('independent requests by the right weights are called a disagreement in less than 5 % of windows', () => {
    let seed = 1;
    // Marsaglia's xorshift32: the same windows in every run.
    const random = () => {
      seed ^= seed << 13;
      seed ^= seed >>> 17;
      seed ^= seed << 5;
      return (seed >>> 0) / 2 ** 32;
    };
    for (const weight of [1, 5, 10, 25, 50]) {
      for (const total of [30, 100, 1_000]) {
        let wrong = 0;
        for (let window = 0; window < 400; window += 1) {
          let hits = 0;
          for (let request = 0; request < total; request += 1) if (random() * 100 < weight) hits += 1;
          if (judgeAgreement([100 - weight, weight], [total - hits, hits]) === 'no') wrong += 1;
        }
        expect(wrong / 400).toBeLessThan(0.05);
      }
    }
  });
});
