import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeGauge, mostSamples } from '../../../src/domain/analysis/gauge-judge.ts';
import type { GaugeMetric, LimitMetric, PairMetric } from '../../../src/domain/analysis/metric-spec.ts';
import type { Answer } from '../../../src/domain/analysis/series-problem.ts';
import { judgeLimit, judgePair } from '../../../src/domain/analysis/value-judges.ts';

const one = (value: number): Answer => [{ labels: {}, value }];
const TWO: Answer = [
  { labels: { pod: 'a' }, value: 1 },
  { labels: { pod: 'b' }, value: 2 },
];
const NOT_MEASURED: readonly [string, Answer, string][] = [
  ['nothing', [], 'has no data'],
  ['NaN', one(Number.NaN), 'NaN'],
  ['an infinity', one(-Infinity), '-Inf'],
  ['several series', TWO, '2 series ({pod="a"}, {pod="b"})'],
];

describe('a limit', () => {
  const metric = (limits: object): LimitMetric => ({
    kind: 'limit',
    name: 'cpu',
    query: 'x',
    intervalMs: 15_000,
    ...limits,
  });

  test.each<[object, number, string, number]>([
    [{ max: 2 }, 2, 'pass', 2],
    [{ max: 2 }, 2.1, 'fail', 2],
    [{ min: 1 }, 1, 'pass', 1],
    [{ min: 1 }, 0.9, 'fail', 1],
    [{ min: 1, max: 2 }, 0.9, 'fail', 1],
    [{ min: 1, max: 2 }, 1.5, 'pass', 2],
  ])('%j of %d: %s', (limits, value, outcome, limit) =>
    expect(judgeLimit(metric(limits), one(value))).toMatchObject({ metric: 'cpu', outcome, measured: value, limit }),
  );

  test.each(NOT_MEASURED)('%s is no data', (_, answer, reason) => {
    const found = judgeLimit(metric({ max: 2 }), answer);
    expect(found).toMatchObject({ outcome: 'no-data', reason: expect.stringContaining(reason) });
    expect(found).not.toHaveProperty('measured');
  });
});

describe('a pair', () => {
  const metric = (limits: object): PairMetric => ({
    kind: 'pair',
    name: 'queue',
    candidateQuery: 'c',
    stableQuery: 's',
    intervalMs: 15_000,
    ...limits,
  });

  test.each<[object, number, number, string]>([
    [{ maxRatio: 1.5 }, 15, 10, 'pass'],
    [{ maxRatio: 1.5 }, 15.1, 10, 'fail'],
    [{ maxRatio: 1.5 }, 0, 0, 'pass'],
    [{ maxRatio: 1.5 }, 0.1, 0, 'fail'],
    [{ maxRatio: 1.5 }, 1, -1, 'no-data'],
    [{ maxIncrease: 2 }, -1, -3, 'pass'],
    [{ maxIncrease: 2 }, 0, -3, 'fail'],
    [{ maxIncrease: 0 }, 3, 3, 'pass'],
  ])('%j of new %d and stable %d: %s', (limits, candidate, stable, outcome) =>
    expect(judgePair(metric(limits), { candidate: one(candidate), stable: one(stable) })).toMatchObject({ outcome }),
  );

  test.each(NOT_MEASURED)('%s of either version is no data', (_, answer, reason) => {
    expect(judgePair(metric({ maxIncrease: 1 }), { candidate: answer, stable: one(1) })).toMatchObject({
      outcome: 'no-data',
      reason: expect.stringContaining(`new version: `),
    });
    expect(judgePair(metric({ maxIncrease: 1 }), { candidate: one(1), stable: answer })).toMatchObject({
      outcome: 'no-data',
      reason: expect.stringContaining(reason),
    });
  });

  test('a higher value of the new version never turns a failure into a pass', () => {
    const value = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(value, value, value, (low, more, stable) => {
        const judged = (candidate: number) =>
          judgePair(metric({ maxRatio: 1.2 }), { candidate: one(candidate), stable: one(stable) }).outcome;
        if (judged(low) === 'fail') expect(judged(low + more)).toBe('fail');
      }),
    );
  });
});

describe('a gauge', () => {
  const GAUGE: GaugeMetric = {
    kind: 'gauge',
    name: 'load',
    candidateQuery: 'c',
    stableQuery: 's',
    intervalMs: 15_000,
    worse: 'higher',
    confidence: 0.98,
    tolerance: 0.25,
    minSamples: 10,
  };
  const wave = (length: number, level: number): number[] =>
    Array.from({ length }, (_, index) => level + ((index * 7) % 5));

  test.each<[string, Partial<GaugeMetric>, number, number, string]>([
    ['as high', {}, 20, 20, 'pass'],
    ['much higher', {}, 60, 20, 'fail'],
    ['much lower', {}, 20, 60, 'pass'],
    ['much lower, where less is worse', { worse: 'lower' }, 20, 60, 'fail'],
    ['much higher, where less is worse', { worse: 'lower' }, 60, 20, 'pass'],
  ])('%s', (_, more, candidate, stable, outcome) => {
    expect(
      judgeGauge({ ...GAUGE, ...more }, { candidate: wave(12, candidate), stable: wave(12, stable) }),
    ).toMatchObject({ outcome, measured: candidate - stable });
  });

  test('too few measurements decide nothing, none is no data', () => {
    expect(judgeGauge(GAUGE, { candidate: wave(9, 60), stable: wave(9, 20) })).toMatchObject({
      outcome: 'too-little-traffic',
      reason: 'load: 9 measurements of both versions, 10 needed',
    });
    expect(judgeGauge(GAUGE, { candidate: [], stable: [] })).toMatchObject({ outcome: 'no-data' });
  });

  test('constant values are compared, too', () => {
    const flat = (value: number) => Array.from({ length: 10 }, () => value);
    expect(judgeGauge(GAUGE, { candidate: flat(1), stable: flat(1) })).toMatchObject({ outcome: 'pass', measured: 0 });
    expect(judgeGauge(GAUGE, { candidate: flat(2), stable: flat(1) })).toMatchObject({ outcome: 'fail', measured: 1 });
  });

  test('it is looked at when there are twice as many measurements, not at each; what failed stays failed', () => {
    const late = (length: number) => [...wave(10, 20), ...wave(length - 10, 90)];
    const judged = (length: number) => judgeGauge(GAUGE, { candidate: late(length), stable: wave(length, 20) }).outcome;
    expect([19, 20, 39, 40].map(judged)).toEqual(['pass', 'pass', 'pass', 'fail']);
    const early = (length: number) => ({
      candidate: [...wave(10, 90), ...wave(length - 10, 20)],
      stable: wave(length, 20),
    });
    expect(judgeGauge(GAUGE, early(640)).outcome).toBe('fail');
    expect(mostSamples(GAUGE)).toBe(640);
  });

  test('exchanging versions and direction says the same', () => {
    const values = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 10, maxLength: 19 });
    fc.assert(
      fc.property(values, values, (candidate, stable) => {
        const there = judgeGauge(GAUGE, { candidate, stable });
        const back = judgeGauge(
          { ...GAUGE, worse: 'lower' },
          { candidate: candidate.map((value) => -value), stable: stable.map((value) => -value) },
        );
        expect(back.outcome).toBe(there.outcome);
      }),
    );
  });

  test('false alarms of one look are within what the confidence says', () => {
    let seed = 1;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const draw = () => Array.from({ length: 15 }, () => random() + random() + random());
    const alarms = Array.from(
      { length: 4000 },
      () => judgeGauge({ ...GAUGE, tolerance: 0 }, { candidate: draw(), stable: draw() }).outcome,
    ).filter((outcome) => outcome === 'fail').length;
    // One side of 98 %: 1 %. Three standard deviations above.
    expect(alarms / 4000).toBeLessThan(0.01 + 3 * Math.sqrt((0.01 * 0.99) / 4000));
  });
});
