import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dispersion, effective, fisherGreater, holm, logFactorial } from '../../../src/domain/analysis/anomaly-test.ts';

/**
 * Made with scipy 1.17.1: `fisher_exact([[k, n - k], [K, N - K]], alternative='greater')`, the same as `hypergeom.sf(k
 * - 1, n + N, k + K, n)`; `gammaln(n + 1)`; and statsmodels 0.15.0, `multipletests(p, method='holm')`.
 */
const FISHER: readonly [n: number, k: number, N: number, K: number, p: number][] = [
  [10, 3, 100, 5, 0.024163104224777597],
  [300, 18, 3600, 72, 0.0001229155134648058],
  [5000, 51, 60000, 598, 0.45789789453300134],
  [200, 0, 5000, 30, 1],
  [40, 40, 400, 10, 9.532830601611161e-48],
  [100_000, 1200, 1_200_000, 12_345, 2.8323027544572755e-7],
  [100_000, 1100, 1_200_000, 13_500, 0.7686582275180405],
  [7, 7, 9, 0, 8.741258741258741e-5],
];

const near = (value: number, wanted: number, relative = 1e-8) =>
  Math.abs(value - wanted) <= relative * Math.max(Math.abs(wanted), 1e-300);
const counts = (most: number) =>
  fc.nat(most).chain((total) => fc.record({ total: fc.constant(total), hits: fc.nat(total) }));

test.each(FISHER)('%d requests with %d hits against %d with %d, as scipy has it', (n, k, N, K, p) => {
  expect(near(fisherGreater({ total: n, hits: k }, { total: N, hits: K }), p, 1e-7)).toBe(true);
});

test('ln n! as scipy has it', () => {
  const known: [number, number][] = [
    [0, 0],
    [1, 0],
    [15, 27.899271383840894],
    [16, 30.671860106080675],
    [170, 706.5730622457875],
    [12_345, 103962.95347844966],
    [1_234_567, 16081762.68530234],
  ];
  for (const [n, value] of known)
    expect(Math.abs(logFactorial(n) - value)).toBeLessThanOrEqual(1e-13 * Math.max(1, value));
});

test('Holm as statsmodels has it', () => {
  expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(12)))).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect(holm([])).toEqual([]);
});

test('the dispersion of blocks, worked out with numpy', () => {
  const blocks = [
    [100, 2],
    [120, 0],
    [80, 9],
    [100, 1],
    [90, 0],
    [110, 3],
  ].map(([total = 0, hits = 0]) => ({ total, hits }));
  expect(dispersion(blocks)).toBeCloseTo(6.312354312354312, 12);
  expect(dispersion([])).toBe(1);
  expect(
    dispersion([
      { total: 10, hits: 0 },
      { total: 10, hits: 0 },
    ]),
  ).toBe(1);
  expect(
    dispersion([
      { total: 10, hits: 1 },
      { total: 10, hits: 1 },
    ]),
  ).toBe(1);
});

describe('the exact test, whatever the counts', () => {
  test('both directions together hold all chances, and the observed one twice', () => {
    fc.assert(
      fc.property(counts(300), counts(300), (now, past) => {
        const [more, less] = [fisherGreater(now, past), fisherGreater(past, now)];
        expect(more).toBeGreaterThanOrEqual(0);
        expect(more).toBeLessThanOrEqual(1);
        expect(more + less).toBeGreaterThanOrEqual(1 - 1e-9);
      }),
    );
  });

  test('what is a hit and what is a miss may change places together with the periods', () => {
    fc.assert(
      fc.property(counts(300), counts(300), (now, past) => {
        const misses = ({ total, hits }: { total: number; hits: number }) => ({ total, hits: total - hits });
        expect(Math.abs(fisherGreater(now, past) - fisherGreater(misses(past), misses(now)))).toBeLessThan(1e-9);
      }),
    );
  });

  test('one hit more is never less surprising', () => {
    fc.assert(
      fc.property(
        counts(300).filter(({ total, hits }) => hits < total),
        counts(300),
        (now, past) => {
          expect(fisherGreater({ ...now, hits: now.hits + 1 }, past)).toBeLessThanOrEqual(
            fisherGreater(now, past) + 1e-12,
          );
        },
      ),
    );
  });

  test('dividing by a dispersion leaves whole counts, no more hits than requests', () => {
    fc.assert(
      fc.property(counts(100_000), fc.double({ min: 1, max: 1000, noNaN: true }), (one, phi) => {
        const { total, hits } = effective(one, phi);
        expect(Number.isInteger(total) && Number.isInteger(hits)).toBe(true);
        expect(hits).toBeLessThanOrEqual(total);
        expect(total).toBeLessThanOrEqual(one.total);
      }),
    );
  });
});
