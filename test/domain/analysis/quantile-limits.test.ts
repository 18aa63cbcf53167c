import { expect, test } from '@jest/globals';
import { judgeLimits } from '../../../src/domain/analysis/limits.ts';
import { releaseSpec } from '../../support/builders.ts';

/** 50 answers up to 10 ms, 40 up to 100 ms, 9 up to 300 ms, one above. */
const BUCKETS = [0.01, 0.1, 0.3, Infinity].map((le, index) => ({ le, count: [50, 90, 99, 100][index] as number }));
const ARM = { requests: 100, errors: 0, buckets: BUCKETS };

const judged = (more: object) => {
  const { maxP95Ms: _p95, ...limits } = releaseSpec().analysis;
  return judgeLimits({ ...limits, ...more }, { candidate: ARM, stable: ARM, from: 0, to: 1 }).findings.slice(1);
};

test.each([
  [{ maxQuantileMs: { 50: 10 } }, 'p50', 'pass', 10],
  [{ maxQuantileMs: { 50: 9 } }, 'p50', 'inconclusive', 10],
  [{ maxQuantileMs: { 90: 100 } }, 'p90', 'pass', 100],
  [{ maxQuantileMs: { 90: 10 } }, 'p90', 'fail', 100],
  [{ maxP95Ms: 300 }, 'p95', 'pass', 300],
  [{ maxQuantileMs: { 99: 200 } }, 'p99', 'inconclusive', 300],
  [{ maxQuantileMs: { 99: 50 } }, 'p99', 'fail', 300],
])('%j: %s is %s, in a bucket up to %d ms', (limits, metric, outcome, measured) => {
  expect(judged(limits)).toEqual([
    expect.objectContaining({
      metric,
      outcome,
      measured,
      reason: expect.stringMatching(new RegExp(`^${metric} in \\(`)),
    }),
  ]);
});

test('several limits are judged each', () => {
  expect(
    judged({ maxP95Ms: 300, maxQuantileMs: { 50: 10, 90: 50, 99: 50 } }).map(
      ({ metric, outcome }) => `${metric} ${outcome}`,
    ),
  ).toEqual(['p50 pass', 'p90 inconclusive', 'p95 pass', 'p99 fail']);
});
