import { expect, test } from '@jest/globals';
import { createJudge, type Judgement } from '../../activities/analysis.ts';
import type { CounterSeries, ServiceCounters } from '../../src/ports/evidence.ts';
import type { Ports } from '../../src/ports/index.ts';
import { releaseSpec } from '../support/builders.ts';
import { CountedTraffic } from '../support/counted-traffic.ts';

const SINCE = 1_700_000_000_000;
const MINUTE = 60_000;
const SCRAPE_MS = 5_000;

const { minSuccessRatio: _ratio, maxP95Ms: _p95, ...LIMITS } = releaseSpec().analysis;
const INPUT = {
  scene: {
    owner: { releaseId: 'release/dev/shop/shop', runId: 'run' },
    target: { cluster: 'dev', namespace: 'shop', rollout: 'shop' },
    plan: {
      traefikService: 'shop',
      candidate: { service: 'new', metricsService: 'new' },
      stable: { service: 'old', metricsService: 'old' },
    },
  },
  limits: { ...LIMITS, sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05, slowerThanMs: [100] } },
  from: SINCE,
  since: SINCE,
  wanted: 25,
} as unknown as Judgement;

/** Both versions answer without errors. The new one gets a quarter of 80 requests a second from SINCE on. */
const steady = () =>
  new CountedTraffic({
    scrapeMs: SCRAPE_MS,
    instances: ['t1', 't2'],
    from: SINCE - 120 * MINUTE,
    rates: (service, at) => {
      if (service === 'old') return { requests: at > SINCE ? 30 : 40, bad: 0 };
      return { requests: at > SINCE ? 10 : 0, bad: 0 };
    },
  });

type Change = (series: CounterSeries, kind: keyof ServiceCounters, service: string) => CounterSeries | undefined;

/** The verdict ten minutes after the weight came into force, on counters that are changed. */
async function verdictOn(change: Change) {
  const traffic = steady();
  const counters = async (service: string, window: { fromMs: number; toMs: number }): Promise<ServiceCounters> => {
    const seen = await traffic.counters(service, window);
    const changed = (kind: keyof ServiceCounters) => seen[kind].flatMap((one) => change(one, kind, service) ?? []);
    return { requests: changed('requests'), buckets: changed('buckets') };
  };
  const evidence = {
    matchers: {},
    counters,
    probe: async () => ({ version: '3.0.0', aheadMs: 0 }),
    query: async () => [],
  };
  const split = { read: async () => ({ sticky: false }), rivals: async () => [] };
  const ports = { evidence, split, now: () => SINCE + 10 * MINUTE } as unknown as Ports;
  return (await createJudge(ports)(INPUT)).verdict;
}

const from = (series: CounterSeries, start: number, value: (old: number, at: number) => number | undefined) => ({
  ...series,
  samples: series.samples.flatMap(([at, old]) => {
    const now = at < start ? old : value(old, at);
    return now === undefined ? [] : [[at, now] as const];
  }),
});
const isErrors = ({ labels }: CounterSeries) => labels['code'] === '500';

test('the counters as they are pass', async () => {
  expect((await verdictOn((series) => series)).outcome).toBe('pass');
});

test.each<[string, Change, RegExp]>([
  [
    'a counter of errors that is never a number',
    (series, _kind, service) => (isErrors(series) && service === 'new' ? from(series, 0, () => NaN) : series),
    /all \d+ intervals between scrapes in this step were left out/,
  ],
  [
    'every counter that is not a number from the new weight on',
    (series) => from(series, SINCE, () => NaN),
    /was not a number/,
  ],
  [
    'counters that fall at every scrape',
    (series) => from(series, SINCE - MINUTE, (_old, at) => 1_000 - ((at / SCRAPE_MS) % 1_000)),
    /a counter of the proxy fell/,
  ],
  [
    'counters of the new version that vanish and come back at every scrape',
    (series, _kind, service) =>
      service === 'new' ? from(series, SINCE, (old, at) => ((at / SCRAPE_MS) % 2 === 0 ? old : undefined)) : series,
    /vanished, came back/,
  ],
  [
    'scrapes that stop in mid-step',
    (series) => from(series, SINCE + MINUTE, () => undefined),
    /no new sample of the proxy's counters for \d+ s/,
  ],
  [
    'two replicas of which one is silent',
    (series) => (series.labels['instance'] === 't2' ? from(series, SINCE + MINUTE, () => undefined) : series),
    /a proxy replica is not scraped any more: t2/,
  ],
  [
    'a bucket bound that only stable has',
    (series, kind, service) =>
      kind === 'buckets' && service === 'new' && series.labels['le'] === '0.1' ? undefined : series,
    /does not count a bucket that ends at 100 ms for both versions; both have 300, 1200 ms/,
  ],
])('%s: the step stays open, with its reason', async (_what, change, reason) => {
  const { outcome, findings, ...rest } = await verdictOn(change);

  expect(outcome).toBe('no-data');
  expect([rest.reason, ...findings.map((one) => one.reason)].join('\n')).toMatch(reason);
});

test('errors that are born at 50 count from the first on, also in the step in which they are born', async () => {
  const born = SINCE + MINUTE;
  const { outcome, candidate } = await verdictOn((series, kind, service) => {
    if (kind !== 'requests' || service !== 'new' || !isErrors(series)) return series;
    const samples = series.samples.filter(([at]) => at >= born);
    return { ...series, samples: samples.map(([at]) => [at, 50 + (5 * (at - born)) / SCRAPE_MS] as const) };
  });

  expect(outcome).toBe('fail');
  expect(candidate?.errors).toBe(2 * (50 + (5 * 9 * MINUTE) / SCRAPE_MS));
});
