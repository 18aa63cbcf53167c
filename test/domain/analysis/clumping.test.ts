import { expect, test } from '@jest/globals';
import { seeded, type Random } from '../../../bench/analysis/random.ts';
import { createFailures } from '../../../sandbox/node-agent/behaviour.ts';
import { clumping, type TimedArm } from '../../../src/domain/analysis/clumping.ts';
import { dispersion } from '../../../src/domain/analysis/dispersion.ts';

interface Traffic {
  readonly clump: number;
  readonly replicas: number;
  readonly rps?: number;
  readonly scrapeSeconds?: number;
  readonly seconds?: number;
}

/**
 * Answers of one version, spread over its proxies in turn, each scraped at its own moment. 2 % fail, in runs of
 * `clump`.
 */
function past(random: Random, { clump, replicas, rps = 75, scrapeSeconds = 1, seconds = 600 }: Traffic): TimedArm[] {
  const fails = createFailures({ errorShare: 0.02, clump }, random);
  const ms = 1000 * scrapeSeconds;
  const proxies = Array.from({ length: replicas }, (_, replica) => ({
    next: Math.round((ms * (replica + 1)) / replicas),
    requests: 0,
    bad: 0,
  }));
  const blocks: TimedArm[] = [];
  for (let answer = 0; answer < rps * seconds; answer += 1) {
    const now = (1000 * answer) / rps;
    for (const proxy of proxies.filter(({ next }) => now >= next)) {
      blocks.push({ from: proxy.next - ms, to: proxy.next, requests: proxy.requests, bad: proxy.bad });
      Object.assign(proxy, { next: proxy.next + ms, requests: 0, bad: 0 });
    }
    const proxy = proxies[answer % replicas] as (typeof proxies)[number];
    proxy.requests += 1;
    if (fails()) proxy.bad += 1;
  }
  return blocks;
}

/** The median over many pasts, so that the test does not hang on one seed. */
function typical(traffic: Traffic, estimate: (blocks: readonly TimedArm[]) => number | undefined): number {
  const found = Array.from({ length: 9 }, (_, seed) => estimate(past(seeded(seed), traffic)) ?? 1);
  return found.sort((a, b) => a - b)[4] as number;
}

test.each([1, 2, 5])('clumps of 10 are clumps of 10, also behind %d proxies', (replicas) => {
  const found = typical({ clump: 10, replicas }, clumping);

  expect(found).toBeGreaterThan(7);
  expect(found).toBeLessThan(15);
});

test('taken proxy by proxy they would hide', () => {
  expect(typical({ clump: 10, replicas: 5 }, (blocks) => dispersion(blocks)?.estimate)).toBeLessThan(1.2);
});

test.each([
  ['that outlast a scrape interval', { clump: 10, replicas: 2, rps: 5, seconds: 3600 }],
  [
    'behind proxies scraped every 15 s, each at its own moment',
    { clump: 10, replicas: 5, rps: 20, scrapeSeconds: 15, seconds: 3600 },
  ],
])('clumps %s are found', (_, traffic) => {
  expect(typical(traffic, clumping)).toBeGreaterThan(5);
});

test('errors that come singly are no clumps', () => {
  expect(typical({ clump: 1, replicas: 3 }, clumping)).toBeLessThan(1.5);
});

test('nothing is known of too little', () => {
  expect(clumping([])).toBeUndefined();
  expect(clumping(past(seeded(1), { clump: 10, replicas: 1, seconds: 6 }))).toBeUndefined();
});
