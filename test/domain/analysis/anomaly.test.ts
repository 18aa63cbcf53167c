import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ALPHA, detectAnomalies } from '../../../src/domain/analysis/anomaly.ts';
import type { Anomaly, ServiceBlocks } from '../../../src/domain/analysis/anomaly.ts';
import { cutBlocks } from '../../../src/domain/analysis/anomaly-blocks.ts';
import type { ArmCounts } from '../../../src/domain/analysis/verdict.ts';
import { randomFrom } from '../../../sandbox/node-agent/behaviour.ts';

const PAST = 120;
const NOW = 10;

interface Traffic {
  readonly requests: number;
  readonly errors?: number;
  readonly slow?: number;
}

const block = ({ requests, errors = 0, slow = 0 }: Traffic): ArmCounts => ({
  requests,
  errors,
  buckets: [
    { le: 0.1, count: requests - slow },
    { le: Infinity, count: requests },
  ],
});
const blocks = (length: number, each: (index: number) => Traffic) =>
  Array.from({ length }, (_, index) => block(each(index)));
const service = (name: string, past: Traffic, now: Traffic, weightShare = 1): ServiceBlocks => ({
  route: 'api',
  service: name,
  weightShare,
  blocks: { past: blocks(PAST, () => past), now: blocks(NOW, () => now) },
});
const stateOf = (found: readonly Anomaly[], signal: string, name = 'api-stable') =>
  found.find((one) => one.signal === signal && one.service === name)?.state;

test('errors and slow answers are found, each by its own signal, and the sentence says on how much', () => {
  const failing = detectAnomalies([service('api-stable', { requests: 100, errors: 1 }, { requests: 100, errors: 10 })]);
  expect(failing.map(({ signal, state }) => [signal, state])).toEqual([
    ['errors', 'anomalous'],
    ['latency', 'normal'],
  ]);
  expect(failing[0]).toMatchObject({ shareNow: 0.1, sharePast: 0.01, requestsNow: 1000, requestsPast: 12_000 });
  expect(failing[0]?.why).toBe(
    '5xx answers of api-stable: 10.0 % of 1000 requests now, 1.0 % of 12000 before (p < 0.0001): more than chance explains',
  );

  const slow = detectAnomalies([service('api-stable', { requests: 100 }, { requests: 100, slow: 20 })]);
  expect(slow.map(({ state }) => state)).toEqual(['normal', 'anomalous']);
  expect(slow[1]?.bound).toBe(0.1);
});

test('fewer errors than before are no anomaly', () => {
  expect(
    stateOf(detectAnomalies([service('api-stable', { requests: 100, errors: 10 }, { requests: 100 })]), 'errors'),
  ).toBe('normal');
});

test('a sure difference that is small is not one to wake somebody for', () => {
  const found = detectAnomalies([
    service('api-stable', { requests: 100_000, errors: 100 }, { requests: 100_000, errors: 300 }),
  ]);
  expect(found[0]).toMatchObject({ state: 'normal', why: expect.stringContaining('smaller than 0.5 %') });
});

test('a share of the traffic is another one: found, unless the weights say so', () => {
  const split = (stable: number, weight: number) => [
    service('api-stable', { requests: 90 }, { requests: stable }, weight),
    service('api-canary', { requests: 10 }, { requests: 100 - stable }, 1 - weight),
  ];
  expect(
    detectAnomalies(split(50, 0.9))
      .filter(({ signal }) => signal === 'traffic-share')
      .map(({ state }) => state),
  ).toEqual(['anomalous', 'anomalous']);
  expect(
    detectAnomalies(split(50, 0.5))
      .filter(({ signal }) => signal === 'traffic-share')
      .map(({ state, why }) => [state, why.includes('the weights give it')]),
  ).toEqual([
    ['normal', true],
    ['normal', true],
  ]);
  expect(
    detectAnomalies(split(90, 0.9))
      .filter(({ signal }) => signal === 'traffic-share')
      .map(({ state }) => state),
  ).toEqual(['normal', 'normal']);
});

describe('too little data is said, not guessed', () => {
  test.each<[string, Partial<ServiceBlocks['blocks']>, string]>([
    ['no requests in the window', { now: blocks(NOW, () => ({ requests: 0 })) }, '0 requests in the window'],
    [
      '29 requests in the window, all of them errors',
      { now: [block({ requests: 29, errors: 29 })] },
      '29 requests in the window',
    ],
    ['no past', { past: [] }, '0 requests before it'],
    ['a short past', { past: blocks(7, () => ({ requests: 100 })) }, 'has 7 blocks'],
    [
      'a past of one long outage',
      { past: blocks(PAST, (index) => ({ requests: 100, errors: index < 60 ? 100 : 0 })) },
      'times more than chance',
    ],
  ])('%s', (_, part, why) => {
    const { blocks: usual, ...rest } = service('api-stable', { requests: 100 }, { requests: 100 });
    const [errors] = detectAnomalies([{ ...rest, blocks: { ...usual, ...part } }]);
    expect(errors).toMatchObject({ state: 'too-little-data', why: expect.stringContaining(why) });
    expect(errors).not.toHaveProperty('p');
  });

  test('few requests after a wild past: enough to see that all of them fail', () => {
    const past = blocks(PAST, (index) => ({ requests: 100, errors: index === 5 ? 100 : 0 }));
    const seen = (errors: number) =>
      detectAnomalies([
        {
          route: 'api',
          service: 'api-stable',
          weightShare: 1,
          blocks: { past, now: blocks(NOW, () => ({ requests: 100, errors })) },
        },
      ])[0]?.state;
    expect([seen(0), seen(10), seen(100)]).toEqual(['too-little-data', 'too-little-data', 'anomalous']);
  });

  test('nothing at all', () => {
    expect(detectAnomalies([])).toEqual([]);
    expect(
      detectAnomalies([{ route: 'api', service: 'x', weightShare: 0, blocks: { past: [], now: [] } }]).map(
        ({ state }) => state,
      ),
    ).toEqual(['too-little-data', 'too-little-data']);
  });
});

test('more errors never make an anomaly normal again', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 400 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 0, max: 100 }),
      (requests, before, a, b) => {
        const at = (share: number) =>
          stateOf(
            detectAnomalies([
              service(
                'api-stable',
                { requests, errors: Math.min(requests, before) },
                { requests, errors: Math.round((requests * share) / 100) },
              ),
            ]),
            'errors',
          );
        if (at(Math.min(a, b)) === 'anomalous') expect(at(Math.max(a, b))).toBe('anomalous');
      },
    ),
  );
});

test('errors that come in clumps are worth less than single ones', () => {
  const past = (clump: number) => blocks(PAST, (index) => ({ requests: 100, errors: index % clump === 0 ? clump : 0 }));
  const now = blocks(NOW, () => ({ requests: 100, errors: 3 }));
  const found = [1, 20].map(
    (clump) =>
      detectAnomalies([{ route: 'api', service: 'api-stable', weightShare: 1, blocks: { past: past(clump), now } }])[0],
  );
  expect(found[0]?.state).toBe('anomalous');
  expect(found[1]?.state).toBe('normal');
  expect(found[1]?.dispersion).toBeGreaterThan(10);
});

/** Errors arrive by chance, in clumps of `clump`. The same seed, the same numbers. */
function simulated(random: () => number, share: number, clump: number, length: number): ArmCounts[] {
  return blocks(length, () => ({
    requests: 300,
    errors: Math.min(300, clump * poisson(random, (300 * share) / clump)),
  }));
}

function poisson(random: () => number, mean: number): number {
  let left = mean;
  let count = -1;
  while (left >= 0) {
    count += 1;
    left += Math.log(1 - random());
  }
  return count;
}

describe('how often a healthy service is called anomalous, and a bad one is found', () => {
  const RUNS = 1000;
  const play = (share: number, clump: number, nowShare: number) => {
    const random = randomFrom(20_260_101 + clump * 17 + Math.round(share * 1e5));
    const runs = Array.from({ length: RUNS }, () => {
      const of = {
        route: 'api',
        service: 'api-stable',
        weightShare: 1,
        blocks: { past: simulated(random, share, clump, PAST), now: simulated(random, nowShare, clump, NOW) },
      };
      return detectAnomalies([of])[0];
    });
    return {
      byChance: runs.filter((one) => (one?.p ?? 1) <= ALPHA).length / RUNS,
      called: runs.filter((one) => one?.state === 'anomalous').length / RUNS,
    };
  };

  // p alone, without the least effect that an anomaly needs besides. The bound: ALPHA, and three standard errors of the
  // simulation.
  test.each([
    [0.001, 1],
    [0.02, 1],
    [0.02, 5],
    [0.02, 10],
    [0.05, 20],
  ])('errors of %d in clumps of %d', (share, clump) => {
    const { byChance, called } = play(share, clump, share);
    const { called: found } = play(share, clump, share + 0.05);
    process.stderr.write(
      `errors ${share}, clumps of ${clump}: p <= ${ALPHA} in ${(100 * byChance).toFixed(2)} % of ${RUNS} healthy runs, called anomalous ${(100 * called).toFixed(2)} %; 5 points more found in ${(100 * found).toFixed(1)} %\n`,
    );
    expect(byChance).toBeLessThanOrEqual(ALPHA + 3 * Math.sqrt((ALPHA * (1 - ALPHA)) / RUNS));
    expect(called).toBeLessThanOrEqual(byChance);
    if (clump <= 10) expect(found).toBeGreaterThan(0.9);
  });
});

describe('blocks of raw samples', () => {
  const series = (samples: readonly (readonly [number, number])[], labels: Record<string, string> = {}) => ({
    labels: { instance: 'a', code: '200', ...labels },
    samples,
  });
  const cut = { since: 0, from: 60_000, to: 80_000, blockMs: 10_000 };
  const requests = (all: readonly ArmCounts[]) => all.map((one) => one.requests);

  test('every increase is in exactly one block, and resets are counted from zero', () => {
    const samples = Array.from({ length: 17 }, (_, index) => [index * 5000, index * 10] as const).map(
      ([at, value]) => [at, at >= 40_000 ? value - 75 : value] as const,
    );
    const { past, now } = cutBlocks({ requests: [series(samples)], buckets: [] }, cut);
    expect(requests(past)).toEqual([20, 20, 20, 15, 20, 20]);
    expect(requests(now)).toEqual([20, 20]);
  });

  test('the past begins with the first scrape, in whole blocks', () => {
    const { past, now } = cutBlocks(
      {
        requests: [
          series([
            [33_000, 5],
            [45_000, 9],
            [66_000, 20],
            [79_000, 22],
          ]),
        ],
        buckets: [],
      },
      cut,
    );
    expect(requests(past)).toEqual([4, 0]);
    expect(requests(now)).toEqual([11, 2]);
  });

  test('no series, no blocks', () => {
    expect(cutBlocks({ requests: [], buckets: [] }, cut)).toEqual({ past: [], now: [] });
  });

  test('the blocks of any series add up to its increase', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 2, maxLength: 60 }), (increments) => {
        let value = 0;
        const samples = increments.map((by, index) => [index * 1500, (value += by)] as const);
        const { past, now } = cutBlocks({ requests: [series(samples)], buckets: [] }, cut);
        const first = samples.findLast(([at]) => at <= 60_000 - past.length * 10_000);
        const last = samples.findLast(([at]) => at <= 80_000);
        const total = [...past, ...now].reduce((sum, one) => sum + one.requests, 0);
        expect(total).toBe((last?.[1] ?? 0) - (first?.[1] ?? samples[0]?.[1] ?? 0));
      }),
    );
  });
});
