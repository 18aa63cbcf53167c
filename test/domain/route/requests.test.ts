import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mostRequestsSince, requestsSince } from '../../../src/domain/route/requests.ts';

type Sample = readonly [number, number];
const series = (instance: string, ...samples: Sample[]) => ({ labels: { instance, code: '200' }, samples });

/** A counter that is scraped every `every` ms and gets `rate` requests a scrape. */
function steady(instance: string, rate: number, every: number, offset = 0): ReturnType<typeof series> {
  return series(instance, ...Array.from({ length: 40 }, (_, index): Sample => [offset + index * every, index * rate]));
}

describe('requestsSince', () => {
  test('counts from the first scrape at or after the start, so that nothing from before is in it', () => {
    const jump = series('a', [0, 1_000], [30_000, 5_000], [60_000, 5_010], [90_000, 5_020]);
    expect(requestsSince([[jump]], 20_000)).toEqual({ requests: [20], fromMs: 30_000, toMs: 90_000 });
  });

  test('is nothing before a second scrape', () => {
    expect(requestsSince([[]], 0)).toBeUndefined();
    expect(requestsSince([[series('a', [10, 5])]], 0)).toBeUndefined();
    expect(requestsSince([[series('a', [10, 5], [20, 6])]], 100)).toBeUndefined();
  });

  test('a Service whose counter is born in the window began at zero, as its replica was scraped before', () => {
    const old = steady('a', 90, 1_000);
    const born = series('a', [20_000, 10], [21_000, 20]);
    expect(requestsSince([[old], [born]], 5_000)?.requests).toEqual([34 * 90, 20]);
  });

  test('replicas are added, and scraped at different moments they keep the shares', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(999),
        fc.nat(30_000),
        (stable, canary, offset, from) => {
          const of = (rate: number) => [steady('a', rate, 1_000), steady('b', rate, 1_000, offset)];
          const measured = requestsSince([of(stable), of(canary)], from);
          const [one = 0, two = 0] = measured?.requests ?? [];
          expect(one * canary).toBe(two * stable);
          expect(one).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('mostRequestsSince', () => {
  test('is zero only for counters that stood still and were known before', () => {
    expect(mostRequestsSince([series('a', [0, 7], [10, 7], [20, 7])], 10)).toBe(0);
    expect(mostRequestsSince([series('a', [0, 7], [10, 7], [20, 8])], 10)).toBe(1);
    expect(mostRequestsSince([series('a', [20, 7])], 10)).toBe(7);
    expect(mostRequestsSince([], 10)).toBe(0);
  });

  test('never less than what was really asked since', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 2, maxLength: 20 }), fc.nat(20), (added, from) => {
        let total = 0;
        const samples = added.map((more, index): Sample => [index, (total += more)]);
        const real = added.reduce((sum, more, index) => (index > from ? sum + more : sum), 0);
        expect(mostRequestsSince([series('a', ...samples)], from)).toBeGreaterThanOrEqual(real);
      }),
    );
  });
});
