import { describe, expect, test } from '@jest/globals';
import {
  clockFinding,
  durationsFinding,
  requestsFinding,
  scrapesFinding,
  sourceFacts,
  unknownFinding,
} from '../../../src/domain/analysis/sources.ts';
import type { Series } from '../../../src/domain/analysis/series.ts';
import type { AnalysisSpec } from '../../../src/domain/release/plan.ts';

const AT = 1_700_000_000_000;
const WINDOW = 300_000;

/** Samples every `every` ms, the newest `age` before AT. */
function series(
  every: number,
  { age = 0, count = 10, le, code = '200' }: { age?: number; count?: number; le?: string; code?: string } = {},
): Series {
  return {
    labels: { code, ...(le !== undefined && { le }) },
    samples: Array.from({ length: count }, (_, index) => [AT - age - (count - 1 - index) * every, index * 7] as const),
  };
}

const arm = (every: number, options: Parameters<typeof series>[1] = {}, les = ['0.1', '0.3', '+Inf']) =>
  sourceFacts(
    {
      requests: [series(every, options), series(every, { ...options, code: '500', count: 1 })],
      buckets: les.map((le) => series(every, { ...options, le })),
    },
    AT,
    WINDOW,
  );
const none = sourceFacts({ requests: [], buckets: [] }, AT, WINDOW);
const analysis = (changes: Partial<AnalysisSpec> = {}): AnalysisSpec => ({
  soakMs: 60_000,
  minRequests: 50,
  holdMs: 600_000,
  ...changes,
});

test('what is read off the samples', () => {
  expect(arm(15_000, { age: 4_000 })).toEqual({
    windowMs: WINDOW,
    requests: 63,
    series: 2,
    unknown: 0,
    boundsMs: [100, 300],
    intervalMs: 15_000,
    ageMs: 4_000,
  });
  expect(none).toEqual({ windowMs: WINDOW, requests: 0, series: 0, unknown: 0, boundsMs: [] });
});

test('gRPC calls with a message are named, and what takes their place', () => {
  const grpc = series(15_000, { code: '2' });
  const facts = sourceFacts(
    { requests: [{ ...grpc, labels: { code: '2', protocol: 'grpc' } }], buckets: [] },
    AT,
    WINDOW,
  );
  const metric = { kind: 'limit', name: 'failed', query: 'x', max: 0, intervalMs: 1000 } as const;

  expect(unknownFinding(facts, analysis())).toMatchObject({
    state: 'warning',
    detail: expect.stringContaining("100 % of stable's requests are gRPC calls"),
    next: expect.stringContaining('no step passes without a person'),
  });
  expect(unknownFinding(facts, analysis({ metrics: [metric] }))).toMatchObject({ state: 'good' });
  expect(unknownFinding(facts, analysis({ minSuccessRatio: 0.99, metrics: [metric] }))).toMatchObject({
    state: 'bad',
    next: expect.stringContaining('without success_ratio'),
  });
  expect(unknownFinding(arm(15_000), analysis())).toBeUndefined();
});

test('a gap in the scrapes does not change how often is scraped', () => {
  const [before, after] = [series(10_000, { age: 120_000, count: 6 }), series(10_000, { count: 6 })];
  expect(
    sourceFacts({ requests: [{ labels: {}, samples: [...before.samples, ...after.samples] }], buckets: [] }, AT, WINDOW)
      .intervalMs,
  ).toBe(10_000);
});

test('a candidate without requests is as it should be; a stable without them is warned of', () => {
  expect(requestsFinding(arm(15_000), none)).toEqual({
    state: 'good',
    detail: 'requests counted by Traefik: stable 63 in 2 series, new version none yet',
  });
  expect(requestsFinding(none, none)).toMatchObject({
    state: 'warning',
    next: expect.stringContaining('addServicesLabels'),
  });
});

describe('latency buckets', () => {
  const sequential = (...slowerThanMs: number[]) =>
    analysis({ sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05, slowerThanMs } });

  test.each([
    ['bounds that there are', sequential(100, 300), 'good', /100, 300 ms/],
    [
      'one that is none',
      sequential(300, 250),
      'bad',
      /^analysis\.slower_than_ms\[1\]: 250 ms is not one of these bounds; .*100, 300 ms/,
    ],
    ['a limit on a bound', analysis({ maxP95Ms: 300 }), 'good', /100, 300/],
    [
      'a limit inside a bucket',
      analysis({ maxP95Ms: 300, maxQuantileMs: { 50: 120 } }),
      'warning',
      /^analysis\.p50_ms: 120 ms is inside a bucket; /,
    ],
  ] as const)('%s', (_, spec, state, detail) =>
    expect(durationsFinding(arm(15_000), spec)).toMatchObject({ state, detail: expect.stringMatching(detail) }),
  );

  test('none is a warning where latency is asked for', () => {
    expect(durationsFinding(arm(15_000, {}, []), analysis())).toMatchObject({ state: 'good' });
    expect(durationsFinding(arm(15_000, {}, []), analysis({ maxP95Ms: 300 }))).toMatchObject({ state: 'warning' });
    expect(durationsFinding(none, analysis({ maxP95Ms: 300 }))).toMatchObject({ state: 'good' });
  });

  test('bounds are whole milliseconds again: 0.3 s is not 299.99999999999994 ms', () => {
    expect(arm(1_000, {}, ['0.29', '0.57', '1.1']).boundsMs).toEqual([290, 570, 1100]);
  });
});

describe('how often Traefik is scraped', () => {
  test.each([
    ['often', arm(15_000, { age: 9_000 }), 60_000, 'good', /every 15 s, last 9 s ago$/],
    ['just often enough', arm(30_000), 60_000, 'good', /every 30 s/],
    ['too seldom for the soak', arm(31_000), 60_000, 'warning', /judged after 60 s, with fewer than two samples/],
    ['not any more', arm(15_000, { age: 51_000 }), 600_000, 'warning', /last 51 s ago$/],
    ['once in the window', arm(600_000, { count: 1 }), 60_000, 'warning', /one sample of stable in 300 s/],
  ] as const)('%s', (_, facts, soakMs, state, detail) =>
    expect(scrapesFinding(facts, { soakMs })).toMatchObject({ state, detail: expect.stringMatching(detail) }),
  );

  test('how much more is said', () => {
    expect(scrapesFinding(arm(60_000), { soakMs: 60_000 })?.next).toMatch(/raise analysis\.soak to at least 120s/);
  });

  test('nothing is said about what was never scraped', () =>
    expect(scrapesFinding(none, { soakMs: 60_000 })).toBeUndefined());
});

test.each([
  [0, 'good', /in agreement/],
  [-4_900, 'good', /4\.9 s behind/],
  [5_100, 'bad', /5\.1 s ahead of .*wrong step/],
  [-90_000, 'bad', /90 s behind/],
])('a clock that is %d ms ahead', (aheadMs, state, detail) =>
  expect(clockFinding(aheadMs)).toMatchObject({ state, detail: expect.stringMatching(detail) }),
);
