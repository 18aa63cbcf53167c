import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countArms, seriesIncrease } from '../../../src/domain/analysis/increase.ts';
import type { Series } from '../../../src/domain/analysis/series.ts';

const FROM = 1_000;
const series = (samples: readonly (readonly [number, number])[], labels: Record<string, string> = {}): Series => ({
  labels: { instance: 't1', code: '200', ...labels },
  samples,
});

describe('one series', () => {
  test.each<[string, readonly (readonly [number, number])[], boolean, number]>([
    [
      'counts from the last sample at or before the start',
      [
        [500, 10],
        [1_000, 20],
        [1_500, 35],
      ],
      true,
      15,
    ],
    [
      'has no increase without a sample after the start',
      [
        [500, 10],
        [1_000, 20],
      ],
      true,
      0,
    ],
    ['is empty', [], true, 0],
    [
      'was reset: what came since is added',
      [
        [900, 100],
        [1_100, 110],
        [1_200, 5],
        [1_300, 9],
      ],
      true,
      19,
    ],
    [
      'was reset to zero',
      [
        [900, 100],
        [1_100, 0],
      ],
      true,
      0,
    ],
    [
      'is new on an instance that was scraped before: it began at zero',
      [
        [1_100, 7],
        [1_200, 9],
      ],
      true,
      9,
    ],
    [
      'is new on an instance that nobody scraped before: its first sample is the baseline',
      [
        [1_100, 7],
        [1_200, 9],
      ],
      false,
      2,
    ],
    [
      'has a gap: the counter tells what happened in it',
      [
        [900, 10],
        [9_000, 40],
      ],
      true,
      30,
    ],
  ])('%s', (_what, samples, known, increase) => {
    expect(seriesIncrease(series(samples), FROM, known)).toBe(increase);
  });
});

const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.nat({ max: 100 })), {
  minLength: 1,
  maxLength: 20,
});
/** A counter that only grows: each step is (milliseconds, growth). */
const growing = (list: readonly (readonly [number, number])[], offset: number): Series => {
  let [at, value] = [FROM - 700, offset];
  return series(list.map(([ms, more]) => [(at += ms), (value += more)] as const));
};

test('an increase is never negative, resets or not', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 20 }), fc.boolean(), (values, known) => {
      expect(
        seriesIncrease(series(values.map((value, index) => [700 + index * 50, value] as const)), FROM, known),
      ).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('what a counter had before does not matter', () => {
  fc.assert(
    fc.property(steps, fc.nat({ max: 1_000_000 }), (list, offset) => {
      const anchored: typeof list = [[1, 0], ...list];
      expect(seriesIncrease(growing(anchored, offset), FROM, true)).toBe(
        seriesIncrease(growing(anchored, 0), FROM, true),
      );
    }),
  );
});

test('an increase is the sum of the increases of its parts', () => {
  fc.assert(
    fc.property(steps, fc.nat(), (list, pick) => {
      const whole = growing([[1, 0], ...list], 5);
      const [at] = whole.samples[pick % whole.samples.length] as readonly [number, number];
      const cut = Math.max(at, FROM);
      const head = { ...whole, samples: whole.samples.filter(([when]) => when <= cut) };
      expect(seriesIncrease(head, FROM, true) + seriesIncrease(whole, cut, true)).toBe(
        seriesIncrease(whole, FROM, true),
      );
    }),
  );
});

const NONE = { requests: [], buckets: [] };

describe('both arms', () => {
  test('replicas and codes are added; only 5xx are errors', () => {
    const requests = [
      series([
        [900, 0],
        [1_100, 10],
      ]),
      series(
        [
          [900, 0],
          [1_100, 20],
        ],
        { instance: 't2' },
      ),
      series(
        [
          [900, 0],
          [1_100, 3],
        ],
        { code: '503' },
      ),
      series(
        [
          [900, 0],
          [1_100, 4],
        ],
        { code: '404' },
      ),
      series(
        [
          [900, 0],
          [1_100, 5],
        ],
        { code: '14' },
      ),
    ];
    expect(countArms({ candidate: { requests, buckets: [] }, stable: NONE }, FROM).candidate).toEqual({
      requests: 42,
      errors: 3,
      buckets: [],
    });
  });

  test('the first error of a known instance counts in full, whichever arm made it known', () => {
    const known = [
      series([
        [900, 50],
        [1_100, 60],
      ]),
    ];
    const fresh = [series([[1_100, 4]], { code: '500' })];
    expect(
      countArms({ candidate: { requests: fresh, buckets: [] }, stable: { requests: known, buckets: [] } }, FROM)
        .candidate,
    ).toMatchObject({ requests: 4, errors: 4 });
    expect(countArms({ candidate: { requests: fresh, buckets: [] }, stable: NONE }, FROM).candidate).toMatchObject({
      requests: 0,
      errors: 0,
    });
  });

  test('buckets are added by bound and sorted; those without a bound are left out', () => {
    const bucket = (le: string, value: number, instance: string) =>
      series(
        [
          [900, 0],
          [1_100, value],
        ],
        { le, instance },
      );
    const buckets = [
      bucket('+Inf', 9, 't1'),
      bucket('0.5', 4, 't1'),
      bucket('0.1', 2, 't1'),
      bucket('+Inf', 3, 't2'),
      bucket('0.5', 3, 't2'),
      bucket('0.1', 0, 't2'),
      bucket('', 99, 't1'),
      bucket('x', 99, 't1'),
    ];
    expect(countArms({ candidate: { requests: [], buckets }, stable: NONE }, FROM).candidate.buckets).toEqual([
      { le: 0.1, count: 2 },
      { le: 0.5, count: 7 },
      { le: Infinity, count: 12 },
    ]);
  });
});

test('bounds that only some proxies have are not added', () => {
  const bucket = (instance: string, le: string) =>
    series(
      [
        [900, 0],
        [1_100, 10],
      ],
      { instance, le },
    );
  const buckets = [bucket('t1', '1.2'), bucket('t1', '+Inf'), bucket('t2', '0.3'), bucket('t2', '+Inf')];

  expect(countArms({ candidate: { requests: [], buckets }, stable: NONE }, FROM).candidate.buckets).toEqual([
    { le: Infinity, count: 20 },
  ]);
});
