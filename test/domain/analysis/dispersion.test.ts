import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dispersion } from '../../../src/domain/analysis/dispersion.ts';

const BLOCKS = (
  [
    [180, 3],
    [200, 5],
    [190, 2],
    [170, 12],
    [210, 4],
    [160, 0],
    [205, 6],
    [195, 3],
    [185, 9],
    [200, 4],
  ] as const
).map(([requests, bad]) => ({ requests, bad }));

test('as numpy has it: mean squared successive difference over its binomial variance; its bound with chi2.ppf(0.05, 6) of scipy 1.17.1', () => {
  const found = dispersion(BLOCKS);

  expect(found?.estimate).toBeCloseTo(4.11052711, 6);
  // The quantile is Wilson and Hilferty's, 1 % off at six degrees.
  expect((found?.upper ?? 0) / 15.080971).toBeCloseTo(1, 1);
});

test.each([
  ['too few blocks', BLOCKS.slice(0, 7)],
  ['no bad answer', BLOCKS.map((block) => ({ ...block, bad: 0 }))],
  ['nothing but bad answers', BLOCKS.map((block) => ({ ...block, bad: block.requests }))],
  ['blocks without requests', BLOCKS.map(() => ({ requests: 0, bad: 0 }))],
])('%s: nothing is known', (_, blocks) => {
  expect(dispersion(blocks)).toBeUndefined();
});

test('a slow wave of the rate is no clumping', () => {
  // Expected counts themselves, so that nothing but the wave varies.
  const wave = Array.from({ length: 240 }, (_, index) => ({
    requests: 1000,
    bad: Math.round(20 * (1 + 0.8 * Math.sin(index / 20))),
  }));

  expect(dispersion(wave)?.estimate).toBe(1);
});

test('never below 1, and clumps c times as large give c times the dispersion', () => {
  const blocks = fc
    .array(fc.integer({ min: 0, max: 20 }), { minLength: 12, maxLength: 60 })
    .filter((bads) => bads.some((bad) => bad > 0));
  fc.assert(
    fc.property(blocks, (bads) => {
      const of = (clump: number) => dispersion(bads.map((bad) => ({ requests: 1e9, bad: bad * clump })));
      const [single, tripled] = [of(1), of(3)];
      expect(single?.estimate).toBeGreaterThanOrEqual(1);
      expect(single?.upper).toBeGreaterThanOrEqual(single?.estimate ?? NaN);
      // At a tiny rate the variance is the mean, which grows with c while the squares grow with c².
      if (single && single.estimate > 1) expect((tripled?.estimate ?? 0) / single.estimate).toBeCloseTo(3, 4);
    }),
  );
});
