import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assess } from '../../../../src/domain/analysis/template/assess.ts';
import { measuring, type Measurement } from '../../../../src/domain/analysis/template/measure.ts';
import { leastMs, type ResolvedMetric } from '../../../../src/domain/analysis/template/resolved.ts';

const METRIC: ResolvedMetric = {
  name: 'share',
  query: 'x',
  scalar: false,
  intervalMs: 1000,
  initialDelayMs: 0,
  count: 3,
  successCondition: 'result[0] >= 0.9',
  failureCondition: 'result[0] < 0.5',
  failureLimit: 0,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 4,
  consecutiveSuccessLimit: 0,
  dryRun: false,
};
const metric = (more: Partial<ResolvedMetric> = {}): ResolvedMetric => ({ ...METRIC, ...more });
const without = (...names: ('successCondition' | 'failureCondition' | 'count')[]): ResolvedMetric =>
  Object.fromEntries(
    Object.entries(METRIC).filter(([name]) => !(names as string[]).includes(name)),
  ) as unknown as ResolvedMetric;

describe('one measurement', () => {
  test.each<[string, ResolvedMetric, readonly number[], Measurement['phase']]>([
    ['success holds', metric(), [0.95], 'successful'],
    ['failure holds', metric(), [0.4], 'failed'],
    ['neither holds', metric(), [0.7], 'inconclusive'],
    ['no failure condition', without('failureCondition'), [0.7], 'failed'],
    ['no success condition', without('successCondition'), [0.7], 'successful'],
    ['both hold', metric({ failureCondition: 'result[0] > 0' }), [0.95], 'failed'],
    [
      'all of several series',
      metric({ successCondition: 'all(result, # > 0)', failureCondition: 'any(result, # < 0)' }),
      [1, 2],
      'successful',
    ],
    [
      'one number',
      metric({ scalar: true, successCondition: 'result > 0', failureCondition: 'result < 0' }),
      [1],
      'successful',
    ],
    [
      'NaN that is a failure',
      metric({ failureCondition: 'isNaN(result[0]) || result[0] < 0.5' }),
      [Number.NaN],
      'failed',
    ],
  ])('%s', (_, one, values, phase) => expect(measuring(one)(5, values)).toEqual({ at: 5, phase, values }));

  // Argo's traps: each of these is a success there, or a failure.
  test.each<[string, ResolvedMetric, readonly number[], string]>([
    ['empty, called a success', metric({ successCondition: 'len(result) == 0 || result[0] > 1' }), [], 'no data'],
    ['empty, asked for all', metric({ successCondition: 'all(result, # > 1)' }), [], 'no data'],
    ['empty, called a failure', metric({ failureCondition: 'len(result) == 0' }), [], 'no data'],
    ['NaN, with a failure condition alone', without('successCondition'), [Number.NaN], 'NaN'],
    ['NaN, with a success condition alone', without('failureCondition'), [Number.NaN], 'NaN'],
    [
      'NaN, called a success',
      metric({ successCondition: 'isNaN(result[0]) || result[0] > 1' }),
      [Number.NaN],
      'not a success',
    ],
    ['any of several series', metric(), [1, 0], '2 series'],
    ['a list where a number is needed', metric({ successCondition: 'result > 1' }), [2], 'write result[0]'],
  ])('%s is no measurement', (_, one, values, reason) =>
    expect(measuring(one)(5, values)).toMatchObject({ phase: 'error', reason: expect.stringContaining(reason) }),
  );
});

const run = (phases: string): Measurement[] =>
  [...phases].map((sign, at) => ({
    at,
    phase: ({ s: 'successful', f: 'failed', i: 'inconclusive', e: 'error' } as const)[sign as 's'],
    values: sign === 'e' ? [] : [at],
    reason: 'gone',
  }));

describe('all measurements', () => {
  test.each<[string, Partial<ResolvedMetric>, string]>([
    ['sss', {}, 'pass'],
    ['f', {}, 'fail'],
    ['ssf', {}, 'fail'],
    ['ss', {}, 'inconclusive'],
    ['', {}, 'no-data'],
    ['ee', {}, 'no-data'],
    ['i', {}, 'inconclusive'],
    ['sis', { inconclusiveLimit: 1 }, 'pass'],
    ['sfs', { failureLimit: 1 }, 'pass'],
    ['sff', { failureLimit: 1 }, 'fail'],
    ['seeess', {}, 'pass'],
    // Argo gives up after five errors in a row; ours says that there is no data, and goes on.
    ['seeeee', {}, 'no-data'],
    ['seeeeess', {}, 'pass'],
    ['sfss', { count: 9, failureLimit: 2, consecutiveSuccessLimit: 2 }, 'pass'],
    ['sfesfs', { count: 5, failureLimit: 2, consecutiveSuccessLimit: 2 }, 'inconclusive'],
    ['sfsfs', { count: 5, failureLimit: -1, consecutiveSuccessLimit: 2 }, 'fail'],
    ['sfses', { count: 9, failureLimit: -1, consecutiveSuccessLimit: 2 }, 'inconclusive'],
    // What the limit has decided stays.
    ['fsssss', {}, 'fail'],
    ['sssfff', {}, 'pass'],
  ])('%s with %j: %s', (phases, more, outcome) => expect(assess(metric(more), run(phases)).outcome).toBe(outcome));

  test('a metric without an end passes while it holds, and fails when it does not', () => {
    const endless = without('count');
    expect(['', 's', 'ssss', 'ssssf', 'eeee'].map((phases) => assess(endless, run(phases)).outcome)).toEqual([
      'no-data',
      'pass',
      'pass',
      'fail',
      'no-data',
    ]);
  });

  test('a dry run is told as one', () => {
    expect(assess(metric({ dryRun: true }), run('f'))).toEqual({
      metric: 'share',
      outcome: 'fail',
      measured: 0,
      dryRun: true,
      reason: 'share (dry run): 1 failed of 1, failureLimit 0, last 0',
    });
  });

  test('measurements that come later never change a decision, and nothing measured never passes', () => {
    const phases = fc.string({ unit: fc.constantFrom('s', 'f', 'i', 'e'), maxLength: 12 });
    const limits = fc.record({
      count: fc.integer({ min: 1, max: 6 }),
      failureLimit: fc.integer({ min: 0, max: 2 }),
      inconclusiveLimit: fc.integer({ min: 0, max: 2 }),
      consecutiveSuccessLimit: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(phases, phases, limits, (before, after, more) => {
        const { outcome } = assess(metric(more), run(before));
        if (outcome === 'fail' || outcome === 'pass')
          expect(assess(metric(more), run(before + after)).outcome).toBe(outcome);
        if (!/[sfi]/.test(before)) expect(outcome).not.toBe('pass');
      }),
    );
  });
});

test('the least time until a pass', () => {
  expect(leastMs(metric({ initialDelayMs: 500 }))).toBe(2500);
  expect(leastMs(metric({ count: 10, consecutiveSuccessLimit: 2 }))).toBe(1000);
});
