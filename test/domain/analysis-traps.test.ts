import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { refusedTraps, reportedTraps } from '../../src/domain/analysis-traps.ts';
import type { JudgedMetric } from '../../src/domain/analysis-traps.ts';

const good: JudgedMetric = {
  query: 'scalar(x)',
  address: 'http://prometheus:9090',
  success_condition: 'result >= 1',
  failure_condition: 'result < 1',
};
const fieldsOf = (metric: Partial<JudgedMetric>, background = false) =>
  refusedTraps({ ...good, ...metric }, background).map(({ field }) => field);

describe('refused', () => {
  test.each<[string, Partial<JudgedMetric>, string[]]>([
    ['both conditions, one measurement', {}, []],
    ['success alone', { failure_condition: undefined }, []],
    [
      'no condition passes always',
      { success_condition: undefined, failure_condition: undefined },
      ['success_condition'],
    ],
    ['interval without count never ends', { interval: '10s' }, ['count']],
    ['count without interval', { count: 3 }, ['interval']],
    ['count of one needs no interval', { count: 1 }, []],
    ['a limit that cannot be passed', { interval: '10s', count: 3, failure_limit: 3 }, ['failure_limit']],
    ['the highest limit that can', { interval: '10s', count: 3, failure_limit: 2, inconclusive_limit: 2 }, []],
    ['inconclusive for ever', { inconclusive_limit: 1 }, ['inconclusive_limit']],
    [
      'failure alone calls NaN good',
      { success_condition: undefined, failure_condition: 'result[0] > 0.1' },
      ['failure_condition'],
    ],
    [
      'failure alone with isNaN',
      { success_condition: undefined, failure_condition: 'isNaN(result[0]) || result[0] > 0.1' },
      [],
    ],
    ['an empty result as a pass', { success_condition: 'len(result) == 0 || result[0] > 1' }, ['success_condition']],
    ['an empty result as no pass', { success_condition: 'len(result) > 0 && result[0] > 1' }, []],
    ['credentials in the address', { address: 'http://me:secret@prometheus' }, ['address']],
    ['no URL', { address: 'prometheus:9090' }, ['address']],
  ])('%s', (_, metric, fields) => {
    expect(fieldsOf(metric)).toEqual(fields);
  });

  test('a background metric may go on until the steps end', () => {
    expect(fieldsOf({ interval: '10s', failure_limit: 5 }, true)).toEqual([]);
  });
});

/**
 * Argo's verdict over measurements that are all of one kind (analysis/analysis.go, assessMetricStatus), undefined while
 * it goes on.
 */
function verdict(
  { count, interval, failure_limit: failures = 0, inconclusive_limit: doubts = 0 }: JudgedMetric,
  kind: 'failed' | 'inconclusive',
  most: number,
): string | undefined {
  const wanted = count ?? (interval === undefined ? 1 : Infinity);
  for (let measured = 1; measured <= most; measured += 1) {
    if (kind === 'failed' && measured > failures) return 'Failed';
    if (kind === 'inconclusive' && measured > doubts) return 'Inconclusive';
    if (measured >= wanted) return 'Successful';
  }
  return undefined;
}

test('whatever is accepted ends, and nothing but failures never makes it successful', () => {
  const metric = fc.record<JudgedMetric>(
    {
      query: fc.constant('scalar(x)'),
      interval: fc.constant('10s'),
      count: fc.integer({ min: 1, max: 12 }),
      failure_limit: fc.integer({ min: 0, max: 14 }),
      inconclusive_limit: fc.integer({ min: 0, max: 14 }),
      success_condition: fc.constant('result > 1'),
    },
    { requiredKeys: ['query', 'success_condition'] },
  );
  fc.assert(
    fc.property(metric, (one) => {
      const accepted = refusedTraps(one, false).length === 0;
      const ends = [verdict(one, 'failed', 100), verdict(one, 'inconclusive', 100)];
      const sound = ends[0] === 'Failed' && ends[1] === 'Inconclusive';
      const valid =
        !((one.count ?? 1) > 1 && one.interval === undefined) &&
        !(one.interval !== undefined && one.count === undefined);
      expect(accepted).toBe(sound && valid);
    }),
    { numRuns: 2_000 },
  );
});

test.each<[string, Partial<JudgedMetric>, string[]]>([
  ['nothing to tell', {}, []],
  [
    'an empty vector',
    { query: 'sum(rate(x[1m]))', success_condition: 'result[0] > 1', failure_condition: 'result[0] < 1' },
    ['query'],
  ],
  [
    'a vector that is never empty',
    { query: 'sum(rate(x[1m])) or vector(0)', success_condition: 'result[0] > 1', failure_condition: 'result[0] < 1' },
    [],
  ],
  ['NaN fails', { failure_condition: undefined }, ['success_condition']],
  ['a list compared as a number', { query: 'up or vector(0)' }, ['success_condition']],
  ['no address', { address: undefined }, ['address']],
])('told: %s', (_, metric, fields) => {
  expect(reportedTraps({ ...good, ...metric }).map(({ field }) => field)).toEqual(fields);
});
