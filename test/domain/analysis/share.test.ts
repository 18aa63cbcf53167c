import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { confirmShare, shareInterval } from '../../../src/domain/analysis/share.ts';
import type { Verdict } from '../../../src/domain/analysis/verdict.ts';

const passed = (candidate: number, stable: number): Verdict => ({
  outcome: 'pass',
  reason: 'success ratio 100.00 %',
  findings: [],
  candidate: { requests: candidate, errors: 0 },
  stable: { requests: stable, errors: 0 },
  from: 0,
  to: 1,
});

test('a share that the weight explains stays a pass', () => {
  expect(confirmShare(passed(250, 750), 25).outcome).toBe('pass');
});

test('a pass on a share that the weight cannot explain is no data', () => {
  const verdict = confirmShare(passed(1000, 0), 25);

  expect(verdict.outcome).toBe('no-data');
  expect(verdict.reason).toContain('weight 25 is not confirmed');
});

test('a failure stays a failure, whatever the share', () => {
  expect(confirmShare({ ...passed(1000, 0), outcome: 'fail' }, 5).outcome).toBe('fail');
});

test('the interval holds the observed share and shrinks with more requests', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (total, share) => {
      const hits = Math.round(total * share);
      const [low, high] = shareInterval(hits, total);
      const [lowMore, highMore] = shareInterval(hits * 10, total * 10);

      expect(low).toBeLessThanOrEqual(hits / total + 1e-9);
      expect(high).toBeGreaterThanOrEqual(hits / total - 1e-9);
      expect(highMore - lowMore).toBeLessThanOrEqual(high - low + 1e-9);
    }),
  );
});

test('the interval of 10 in 100 at 99.9 % agrees with an independent computation', () => {
  // scipy.stats.binomtest(10, 100).proportion_ci(0.99900, method="wilson")
  const [low, high] = shareInterval(10, 100);

  expect(low).toBeCloseTo(0.03749, 3);
  expect(high).toBeCloseTo(0.24067, 3);
});
