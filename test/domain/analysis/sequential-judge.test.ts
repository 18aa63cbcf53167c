import { describe, expect, test } from '@jest/globals';
import { binomial, seeded } from '../../../bench/analysis/random.ts';
import type { Series } from '../../../src/domain/analysis/increase.ts';
import { judgeSequentially, questionsOf, type Sight } from '../../../src/domain/analysis/sequential-judge.ts';

const SPEC = {
  soakMs: 0,
  minRequests: 50,
  holdMs: 0,
  sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05, slowerThanMs: [300] },
} as const;
const SCRAPE = 15_000;
const SINCE = 240 * SCRAPE;

interface Rates {
  readonly candidate: number;
  readonly stable: number;
  readonly slowCandidate?: number;
  readonly slowStable?: number;
}

/** Counters of one replica: an hour of stable alone, then `scrapes` with 10 % of 200 requests/s for the candidate. */
function sight(seed: number, scrapes: number, rates: Rates, from = SINCE): Sight {
  const random = seeded(seed);
  const arm = (perScrape: (index: number) => number, bad: number, slow: number) => {
    const totals = { ok: 0, bad: 0, slow: 0 };
    const samples: Record<'ok' | 'bad' | 'fast' | 'all', [number, number][]> = { ok: [], bad: [], fast: [], all: [] };
    for (let index = 0; index <= 240 + scrapes; index += 1) {
      const n = perScrape(index);
      const wrong = binomial(random, n, bad);
      const late = binomial(random, n, slow);
      totals.ok += n - wrong;
      totals.bad += wrong;
      totals.slow += late;
      const at = index * SCRAPE;
      samples.ok.push([at, totals.ok]);
      samples.bad.push([at, totals.bad]);
      samples.fast.push([at, totals.ok + totals.bad - totals.slow]);
      samples.all.push([at, totals.ok + totals.bad]);
    }
    const series = (labels: Record<string, string>, values: [number, number][]): Series => ({
      labels: { instance: 'a', ...labels },
      samples: values,
    });
    return {
      requests: [series({ code: '200' }, samples.ok), series({ code: '500' }, samples.bad)],
      buckets: [series({ le: '0.3' }, samples.fast), series({ le: '+Inf' }, samples.all)],
    };
  };
  const arms = {
    candidate: arm((index) => (index > 240 ? 300 : 0), rates.candidate, rates.slowCandidate ?? 0.04),
    stable: arm(() => 2700, rates.stable, rates.slowStable ?? 0.04),
  };
  return { arms, since: SINCE, from, to: SINCE + scrapes * SCRAPE };
}

describe('what it says', () => {
  test.each([
    ['a version that is clearly worse fails', { candidate: 0.06, stable: 0.02 }, 20, 'fail'],
    ['a version that is only slow fails', { candidate: 0.02, stable: 0.02, slowCandidate: 0.2 }, 20, 'fail'],
    ['the same version passes in time', { candidate: 0.001, stable: 0.001 }, 40, 'pass'],
    ['early it is inconclusive', { candidate: 0.02, stable: 0.02 }, 3, 'inconclusive'],
  ] as const)('%s', (_, rates, scrapes, expected) => {
    const verdict = judgeSequentially(SPEC, sight(7, scrapes, rates));

    expect(verdict.outcome).toBe(expected);
    for (const { reason } of verdict.findings) expect(reason).toMatch(/^\S+: .{20,200}$/);
  });

  test('nothing counted is no data, few requests at this weight are too little traffic, whatever was proved before', () => {
    expect(judgeSequentially(SPEC, { ...sight(7, 40, { candidate: 0.001, stable: 0.001 }), to: SINCE }).outcome).toBe(
      'no-data',
    );
    const late = judgeSequentially(SPEC, sight(7, 40, { candidate: 0.001, stable: 0.001 }, SINCE + 40 * SCRAPE));
    expect(late.outcome).toBe('too-little-traffic');
    expect(late.findings.at(-1)).toMatchObject({ metric: 'requests', measured: 0, limit: 50 });
  });

  test('a bound that was reached stays reached, and worse goes before not worse', () => {
    const good = sight(7, 60, { candidate: 0.001, stable: 0.001 });
    expect(judgeSequentially(SPEC, good).outcome).toBe('pass');
    // From here on everything that the candidate answers is an error.
    const spoilt = good.arms.candidate.requests.map((series) => ({
      ...series,
      samples: series.samples.map(
        ([at, value]) =>
          [
            at,
            series.labels['code'] === '500' && at > SINCE + 40 * SCRAPE
              ? value + ((at - SINCE) / SCRAPE - 40) * 300
              : value,
          ] as const,
      ),
    }));
    expect(
      judgeSequentially(SPEC, {
        ...good,
        arms: { ...good.arms, candidate: { ...good.arms.candidate, requests: spoilt } },
      }).outcome,
    ).toBe('fail');
  });

  test('data of the warm-up are left out', () => {
    const cold = sight(7, 20, { candidate: 0.5, stable: 0.02 });

    expect(judgeSequentially(SPEC, cold).outcome).toBe('fail');
    expect(judgeSequentially({ ...SPEC, warmUpMs: 20 * SCRAPE }, cold).outcome).toBe('no-data');
  });

  test('it is computed from the counters alone: what it said earlier is a prefix of what it says later', () => {
    const whole = sight(3, 30, { candidate: 0.03, stable: 0.02 });

    const early = judgeSequentially(SPEC, { ...whole, to: SINCE + 12 * SCRAPE });

    expect(judgeSequentially(SPEC, whole).trail.slice(0, early.trail.length)).toEqual(early.trail);
  });
});

test.each([
  [{ slowStable: 0.04 }, 'slow-300ms'],
  [{ slowStable: 0 }, 'slow-300ms'],
])("without named bounds stable's past chooses them: %j", (rates, expected) => {
  const { slowerThanMs: _, ...sequential } = SPEC.sequential;

  const { findings } = judgeSequentially(
    { ...SPEC, sequential },
    sight(7, 10, { candidate: 0.02, stable: 0.02, ...rates }),
  );

  expect(findings.map(({ metric }) => metric)).toEqual(['errors', expected]);
});

test('where most of stable is slower than every bound, latency is not asked about', () => {
  const { slowerThanMs: _, ...sequential } = SPEC.sequential;

  const { findings } = judgeSequentially(
    { ...SPEC, sequential },
    sight(7, 10, { candidate: 0.02, stable: 0.02, slowStable: 0.9, slowCandidate: 0.9 }),
  );

  expect(findings.map(({ metric }) => metric)).toEqual(['errors']);
});

test('a named bound without a bucket is no data, and says which bounds there are; a failure is still one', () => {
  const spec = { ...SPEC, sequential: { ...SPEC.sequential, slowerThanMs: [250, 300] } };

  const { outcome, findings } = judgeSequentially(spec, sight(7, 40, { candidate: 0.001, stable: 0.001 }));

  expect(outcome).toBe('no-data');
  expect(findings).toContainEqual({
    metric: 'slow-250ms',
    outcome: 'no-data',
    reason: 'slow-250ms: Traefik counts no bucket that ends at 250 ms; it has 300 ms',
  });
  expect(findings.find(({ metric }) => metric === 'slow-300ms')?.outcome).toBe('pass');
  expect(judgeSequentially(spec, sight(7, 20, { candidate: 0.06, stable: 0.02 })).outcome).toBe('fail');
});

test('the alarm budget is shared: half for errors, the rest for latency', () => {
  const weights = (slowerThanMs: readonly number[]) =>
    questionsOf(SPEC.sequential, slowerThanMs).map(({ weight }) => weight);

  expect(weights([])).toEqual([1]);
  expect(weights([100, 300])).toEqual([0.5, 0.25, 0.25]);
});

test('over whole releases a version on the margin is failed in no more than α of them, looked at after every scrape', () => {
  const runs = 200;
  let failed = 0;
  for (let seed = 0; seed < runs; seed += 1)
    if (judgeSequentially(SPEC, sight(seed, 60, { candidate: 0.03, stable: 0.02 })).outcome === 'fail') failed += 1;

  // Binomial 99.9 % bound around α = 5 % of 200 runs; the seeds are fixed, so this is no lottery.
  expect(failed).toBeLessThanOrEqual(21);
});
