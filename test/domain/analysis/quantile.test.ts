import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quantileBounds } from '../../../src/domain/analysis/quantile.ts';

const BOUNDS = [0.1, 0.3, 1.2, 5, Infinity];
const histogram = (values: readonly number[]) =>
  BOUNDS.map((le) => ({ le, count: values.filter((value) => value <= le).length }));

test('without observations there is no quantile', () => {
  expect(quantileBounds([], 0.95)).toBeUndefined();
  expect(quantileBounds(histogram([]), 0.95)).toBeUndefined();
});

test.each([
  [[0.05], { lower: 0, upper: 0.1 }],
  [[0.05, 0.2], { lower: 0.1, upper: 0.3 }],
  [[9], { lower: 5, upper: Infinity }],
])('%j lies in its bucket', (values, bounds) => {
  expect(quantileBounds(histogram(values), 0.95)).toEqual(bounds);
});

test('the bounds hold the quantile of the values that made the histogram', () => {
  const values = fc.array(fc.double({ min: 0.001, max: 20, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (list, p) => {
      const sorted = [...list].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(p * sorted.length) - 1] as number;
      const { lower, upper } = quantileBounds(histogram(list), p) as { lower: number; upper: number };
      expect(exact).toBeGreaterThan(lower === 0 ? 0 : lower);
      expect(exact).toBeLessThanOrEqual(upper);
    }),
  );
});
