import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeLimits } from '../../../src/domain/analysis/limits.ts';
import { unseenFinding } from '../../../src/domain/analysis/unseen.ts';
import type { ArmCounts } from '../../../src/domain/analysis/verdict.ts';
import type { AnalysisSpec } from '../../../src/domain/release/plan.ts';
import { releaseSpec } from '../../support/builders.ts';

const LIMITS: AnalysisSpec = { ...releaseSpec().analysis, minRequests: 20, minSuccessRatio: 0.99, maxP95Ms: 300 };
const STABLE: ArmCounts = { requests: 900, errors: 0, buckets: [] };

/** All answers took between the bounds around `bound` seconds. */
const arm = (requests: number, errors = 0, bound = 0.1): ArmCounts => ({
  requests,
  errors,
  buckets: [0.1, 0.3, 1.2, Infinity].map((le) => ({ le, count: le >= bound ? requests : 0 })),
});
const judge = (candidate: ArmCounts, limits = LIMITS) =>
  judgeLimits(limits, { candidate, stable: STABLE, from: 1, to: 2 });

test('a good arm passes and says its figures', () => {
  expect(judge(arm(100))).toEqual({
    outcome: 'pass',
    reason: 'success ratio 100.00 % of 100 requests, limit 99.00 %; p95 in (0, 100] ms, limit 300 ms',
    findings: [
      expect.objectContaining({ metric: 'success-ratio', measured: 1 }),
      expect.objectContaining({ metric: 'p95', measured: 100 }),
    ],
    candidate: { requests: 100, errors: 0 },
    stable: { requests: 900, errors: 0 },
    measuredShare: 0.1,
    from: 1,
    to: 2,
  });
});

test.each<[string, ArmCounts, string, string]>([
  ['errors at the limit', arm(100, 1), 'pass', '99.00 % of 100'],
  ['errors above it', arm(100, 2), 'fail', '98.00 % of 100'],
  ['latency in the bucket that ends at the limit', arm(100, 0, 0.3), 'pass', 'p95 in (100, 300] ms'],
  ['latency in the bucket that begins at the limit', arm(100, 0, 1.2), 'fail', 'p95 in (300, 1200] ms'],
  ['latency beyond every bound', arm(100, 0, Infinity), 'fail', 'p95 above 1200 ms'],
  ['too few requests', arm(19), 'too-little-traffic', '19 requests to the new version, 20 needed'],
  ['too few requests, all of them bad', arm(19, 19), 'too-little-traffic', '19 requests'],
  ['no histogram', { ...arm(100), buckets: [] }, 'no-data', 'no latency histogram of the new version'],
  ['errors and no histogram', { ...arm(100, 50), buckets: [] }, 'fail', '50.00 %'],
])('%s', (_what, candidate, outcome, reason) => {
  expect(judge(candidate)).toMatchObject({ outcome, reason: expect.stringContaining(reason) });
});

test('a limit inside the bucket that holds p95 cannot be decided', () => {
  expect(judge(arm(100, 0, 1.2), { ...LIMITS, maxP95Ms: 500 })).toMatchObject({
    outcome: 'inconclusive',
    reason: expect.stringContaining('inside this bucket'),
  });
});

test('latency is not judged without a limit, and one request is the least there can be', () => {
  const { maxP95Ms: _none, ...limits } = { ...LIMITS, minRequests: 0 };
  expect(judge({ ...arm(1), buckets: [] }, limits)).toMatchObject({ outcome: 'pass' });
  expect(judge({ ...arm(0), buckets: [] }, limits)).toMatchObject({ outcome: 'no-data' });
});

const RANK = { pass: 0, 'no-data': 1, 'too-little-traffic': 1, inconclusive: 1, fail: 2, skipped: 3 } as const;
const requests = fc.integer({ min: 0, max: 1_000 });
const bound = fc.constantFrom(0.1, 0.3, 1.2, Infinity);

test('more errors never make a verdict better', () => {
  fc.assert(
    fc.property(requests, fc.nat({ max: 1_000 }), fc.nat({ max: 1_000 }), bound, (total, a, b, le) => {
      const [fewer, more] = [Math.min(a, b, total), Math.min(Math.max(a, b), total)];
      expect(RANK[judge(arm(total, more, le)).outcome]).toBeGreaterThanOrEqual(
        RANK[judge(arm(total, fewer, le)).outcome],
      );
    }),
  );
});

test('too little data never passes, whatever it says', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 19 }), bound, (total, le) => {
      expect(judge(arm(total, 0, le)).outcome).toBe(total > 0 ? 'too-little-traffic' : 'no-data');
    }),
  );
});

test('a p95 limit strictly inside the bucket cannot be decided, at every place in it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 301, max: 1_199 }), (maxP95Ms) => {
      expect(judge(arm(100, 0, 1.2), { ...LIMITS, maxP95Ms }).outcome).toBe('inconclusive');
    }),
  );
});

describe('gRPC answers whose status the proxy does not read', () => {
  const unknown = (requests: number, count: number, errors = 0): ArmCounts => ({
    ...arm(requests, errors),
    unknown: count,
  });

  test('a success ratio cannot pass on them', () => {
    const verdict = judge(unknown(183, 183));

    expect(verdict.outcome).toBe('no-data');
    expect(verdict.reason).toContain('between 0.00 % and 100.00 % of 183 requests');
  });

  test('failures before any message are enough to fail', () => {
    expect(judge(unknown(100, 90, 10)).outcome).toBe('fail');
  });

  test('a few of them do not matter where the ratio holds even if all were bad', () => {
    expect(judge(unknown(1000, 5)).outcome).toBe('pass');
  });

  test('without any limit they keep the step open and ask for a metric of the application', () => {
    expect(unseenFinding(unknown(100, 100))).toMatchObject({
      outcome: 'no-data',
      reason: expect.stringContaining('analysis.metrics'),
    });
    expect(unseenFinding(arm(100))).toBeUndefined();
  });
});
