import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shift } from '../../../src/domain/analysis/mann-whitney.ts';
import { normalQuantile } from '../../../src/domain/analysis/normal.ts';

/**
 * Ends found by bisection on scipy 1.17.1, which shares no code with ours: the shift mu at which mannwhitneyu(x - mu,
 * y, alternative='two-sided', method='asymptotic', use_continuity=True).pvalue crosses 1 - confidence, searched from
 * beyond the smallest and the largest difference; the estimate is numpy's median of subtract.outer(x, y). Samples:
 * default_rng(7), normal and Poisson.
 */
describe('the shift is what scipy does not reject', () => {
  test.each([
    [
      'shifted',
      [10.002, 10.597, 9.452, 8.219, 9.091, 8.017, 10.12, 12.68, 9.016, 8.759, 10.98, 10.714],
      [8.211, 6.139, 7.941, 9.391, 5.312, 7.085, 4.198, 5.421, 4.317, 7.53, 5.465, 8.543, 8.314, 7.626, 2.966],
      0.98,
      3.037,
      1.39,
      5.051,
    ],
    [
      'same',
      [
        4.461, 4.951, 5.113, 3.47, 4.522, 4.021, 4.191, 6.061, 4.192, 4.967, 5.884, 4.416, 4.888, 5.11, 5.064, 3.775,
        5.076, 6.359, 3.453, 5.859,
      ],
      [
        5.119, 4.359, 7, 5.762, 3.801, 5.075, 5.577, 4.811, 5.683, 4.933, 5.667, 6.439, 4.324, 5.203, 4.537, 5.127,
        3.813, 4.421, 4.804, 5.899,
      ],
      0.98,
      -0.3345,
      -0.936,
      0.307,
    ],
    ['few', [1.1, 2.2, 3.3, 4.4, 5.5], [0.9, 0.8, 0.7, 0.6, 0.5], 0.95, 2.6, 0.4, 4.8],
    [
      'ties',
      [6, 5, 6, 2, 5, 1, 4, 6, 3, 5, 5, 4, 6, 7, 7, 4],
      [3, 3, 3, 1, 0, 4, 5, 0, 0, 1, 1, 0, 1, 1],
      0.95,
      3,
      2,
      5,
    ],
  ])('%s', (_, x, y, confidence, estimate, lower, upper) => {
    const found = shift(x, y, confidence);
    expect(found.estimate).toBeCloseTo(estimate, 6);
    expect(found.lower).toBeCloseTo(lower, 6);
    expect(found.upper).toBeCloseTo(upper, 6);
  });
});

/** scipy 1.17.1, norm.ppf. */
test.each([
  [1e-12, -7.034483825301131],
  [0.001, -3.090232306167813],
  [0.01, -2.3263478740408408],
  [0.3, -0.5244005127080409],
  [0.5, 0],
  [0.9, 1.2815515655446004],
  [0.975, 1.959963984540054],
  [1 - 1e-9, 5.997807019601637],
])('the normal quantile of %d', (p, z) => expect(normalQuantile(p)).toBeCloseTo(z, 12));

const sample = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 25 });
const level = fc.constantFrom(0.5, 0.9, 0.98, 0.999);

test('the interval holds the estimate, and is wider at a higher confidence', () => {
  fc.assert(
    fc.property(sample, sample, (x, y) => {
      const [narrow, wide] = [shift(x, y, 0.9), shift(x, y, 0.99)];
      expect(narrow.lower).toBeLessThanOrEqual(narrow.estimate);
      expect(narrow.upper).toBeGreaterThanOrEqual(narrow.estimate);
      expect(wide.lower).toBeLessThanOrEqual(narrow.lower);
      expect(wide.upper).toBeGreaterThanOrEqual(narrow.upper);
    }),
  );
});

test('exchanging the samples turns everything round', () => {
  fc.assert(
    fc.property(sample, sample, level, (x, y, confidence) => {
      const [there, back] = [shift(x, y, confidence), shift(y, x, confidence)];
      expect([back.estimate + 0, back.lower + 0, back.upper + 0]).toEqual([
        0 - there.estimate,
        0 - there.upper,
        0 - there.lower,
      ]);
    }),
  );
});

test('what is added to one sample is added to the shift', () => {
  fc.assert(
    fc.property(sample, sample, level, fc.integer({ min: -100, max: 100 }), (x, y, confidence, more) => {
      const [there, moved] = [
        shift(x, y, confidence),
        shift(
          x.map((value) => value + more),
          y,
          confidence,
        ),
      ];
      expect(moved).toEqual({ estimate: there.estimate + more, lower: there.lower + more, upper: there.upper + more });
    }),
  );
});
