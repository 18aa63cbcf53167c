import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Audience } from '../../../src/domain/servers/audience.ts';
import { BUCKETS, bucketOfHash, isDivided, versionFor, type Arm } from '../../../src/domain/gateway/split.ts';

const arm = (version: string, status: Arm['status'], traffic: number): Arm => ({ version, status, traffic });
const routed = (arms: readonly Arm[], bucketOf: (version: string) => number, isIn = (_: Audience) => false) =>
  versionFor(arms, { bucketOf, isIn });
const two = (green: number): Arm[] => [arm('1', 'blue', 100 - green), arm('2', 'green', green)];
const percent = fc.integer({ min: 0, max: 100 });
const bucket = fc.integer({ min: 0, max: BUCKETS - 1 });

test('each whole percentage is met exactly over all buckets', () => {
  fc.assert(
    fc.property(percent, (green) => {
      const all = Array.from({ length: BUCKETS }, (_, at) => routed(two(green), () => at));
      expect(all.filter((version) => version === '2')).toHaveLength((green * BUCKETS) / 100);
    }),
    { numRuns: 20 },
  );
});

test('traffic that rises moves callers to green only, and traffic that falls to blue only', () => {
  fc.assert(
    fc.property(percent, percent, bucket, (a, b, at) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      if (routed(two(low), () => at) === '2') expect(routed(two(high), () => at)).toBe('2');
    }),
  );
});

test('one more green version takes callers from blue only', () => {
  fc.assert(
    fc.property(percent, bucket, bucket, fc.integer({ min: 0, max: 100 }), (first, one, other, share) => {
      const second = Math.floor(((100 - first) * share) / 100);
      const buckets: Record<string, number> = { '2': one, '3': other };
      const three = [arm('1', 'blue', 100 - first - second), arm('2', 'green', first), arm('3', 'green', second)];
      const before = routed(two(first), (version) => buckets[version] ?? 0);
      const after = routed(three, (version) => buckets[version] ?? 0);
      if (before === '2') expect(after).toBe('2');
      else expect(['1', '3']).toContain(after);
    }),
  );
});

test('independent callers of three versions are divided as their traffic says', () => {
  const arms = [arm('1', 'blue', 50), arm('2', 'green', 20), arm('3', 'green', 30)];
  const counts: Record<string, number> = {};
  const side = 100;
  for (let one = 0; one < side; one += 1)
    for (let other = 0; other < side; other += 1) {
      const at = { '2': (one * BUCKETS) / side, '3': (other * BUCKETS) / side };
      const version = routed(arms, (name) => at[name as '2' | '3']) ?? 'none';
      counts[version] = (counts[version] ?? 0) + 1 / (side * side);
    }
  expect(counts['1']).toBeCloseTo(0.5, 2);
  expect(counts['2']).toBeCloseTo(0.2, 2);
  expect(counts['3']).toBeCloseTo(0.3, 2);
});

test('a version without traffic, or one that is inactive, gets nobody', () => {
  expect(routed([arm('1', 'blue', 100), arm('2', 'inactive', 50)], () => 0)).toBe('1');
  expect(routed([arm('1', 'blue', 0), arm('2', 'green', 100)], () => BUCKETS - 1)).toBe('2');
  expect(routed([arm('1', 'blue', 0)], () => 0)).toBeUndefined();
  expect(routed([], () => 0)).toBeUndefined();
});

test('callers are divided only while two versions have traffic', () => {
  expect([two(0), two(1), two(99), two(100)].map(isDivided)).toEqual([false, true, true, false]);
});

test('a hash becomes a bucket', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (hash) => {
      const at = bucketOfHash(hash);
      expect(Number.isInteger(at) && at >= 0 && at < BUCKETS).toBe(true);
    }),
  );
});

const AUDIENCE: Audience = { by: 'header', name: 'x-plan', values: ['beta'] };

test('a version with an audience has its share of the audience, and no other caller notices it', () => {
  fc.assert(
    fc.property(
      percent,
      fc.integer({ min: 0, max: 100 }),
      bucket,
      bucket,
      fc.boolean(),
      (share, part, one, other, last) => {
        const plain = Math.floor(((100 - share) * part) / 100);
        const buckets: Record<string, number> = { '2': one, '3': other };
        const bucketOf = (version: string): number => buckets[version] ?? 0;
        const greens = [{ ...arm('2', 'green', share), audience: AUDIENCE }, arm('3', 'green', plain)];
        const arms = [arm('1', 'blue', 100 - share - plain), ...(last ? greens.toReversed() : greens)];

        const outside = routed(arms, bucketOf, () => false);
        const inside = routed(arms, bucketOf, () => true);

        expect(outside).toBe(other * 100 < plain * BUCKETS ? '3' : '1');
        if (!last) expect(inside === '2').toBe(one * 100 < share * BUCKETS);
      },
    ),
  );
});

test('callers are divided also where the audience has all of the traffic', () => {
  expect(isDivided([arm('1', 'blue', 0), { ...arm('2', 'green', 100), audience: AUDIENCE }])).toBe(true);
  expect(isDivided([arm('1', 'blue', 100), { ...arm('2', 'green', 0), audience: AUDIENCE }])).toBe(false);
});
