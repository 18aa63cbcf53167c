import { describe, expect, test } from '@jest/globals';
import { isBadAnswer } from '../../../src/domain/analysis/bad-answer.ts';
import { blocksOf, boundsMs, type Arms } from '../../../src/domain/analysis/blocks.ts';
import type { Series } from '../../../src/domain/analysis/increase.ts';

const series = (labels: Record<string, string>, ...samples: readonly (readonly [number, number])[]): Series => ({
  labels: { instance: 'a', ...labels },
  samples,
});
const arms = (changes: { candidate?: Partial<Arms['candidate']>; stable?: Partial<Arms['stable']> }): Arms => ({
  candidate: { requests: [], buckets: [], ...changes.candidate },
  stable: { requests: [], buckets: [], ...changes.stable },
});
const ERRORS = [{ name: 'errors' }];
const ALL = { from: 0, to: 100 };
const ok = (...samples: readonly (readonly [number, number])[]) => series({ code: '200' }, ...samples);
const bad = (...samples: readonly (readonly [number, number])[]) => series({ code: '503' }, ...samples);

describe('blocks between two scrapes', () => {
  test('every counter is differenced for itself, both arms between the same scrapes', () => {
    const seen = blocksOf(
      arms({
        candidate: { requests: [ok([10, 100], [20, 110]), bad([10, 5], [20, 7])] },
        stable: { requests: [ok([10, 1000], [20, 1090])] },
      }),
      ERRORS,
      ALL,
    );

    expect(seen).toEqual([
      {
        from: 10,
        to: 20,
        instance: 'a',
        questions: { errors: { candidate: { requests: 12, bad: 2 }, stable: { requests: 90, bad: 0 } } },
      },
    ]);
  });

  test('a series that begins while its replica was scraped began at zero', () => {
    const [block] = blocksOf(
      arms({ candidate: { requests: [bad([20, 3])] }, stable: { requests: [ok([10, 50], [20, 60])] } }),
      ERRORS,
      ALL,
    );

    expect(block?.questions['errors']?.candidate).toEqual({ requests: 3, bad: 3 });
  });

  test.each([
    ['fell', ok([10, 100], [20, 5], [30, 15])],
    ['vanished', ok([10, 100], [30, 120])],
  ])('an interval in which a counter of either arm %s is left out for both', (_, broken) => {
    const steady = ok([10, 0], [20, 10], [30, 20]);

    const seen = blocksOf(arms({ candidate: { requests: [broken] }, stable: { requests: [steady] } }), ERRORS, ALL);

    expect(seen.map(({ from }) => from)).toEqual([20]);
  });

  test('replicas are scraped at their own times: each has its own blocks, in the order in which they end', () => {
    const b = { ...ok([13, 0], [23, 7]), labels: { instance: 'b', code: '200' } };

    const seen = blocksOf(arms({ candidate: { requests: [ok([10, 0], [20, 5], [30, 9]), b] } }), ERRORS, ALL);

    expect(seen.map(({ instance, to }) => [instance, to])).toEqual([
      ['a', 20],
      ['b', 23],
      ['a', 30],
    ]);
  });

  test('only whole intervals inside the window count', () => {
    const seen = blocksOf(arms({ candidate: { requests: [ok([10, 0], [20, 5], [30, 9], [40, 12])] } }), ERRORS, {
      from: 15,
      to: 35,
    });

    expect(seen.map(({ from, to }) => [from, to])).toEqual([[20, 30]]);
  });

  test('slow answers are those beyond the bucket of the bound', () => {
    const bucket = (le: string, count: number) => series({ code: '200', le }, [10, 0], [20, count]);

    const [block] = blocksOf(
      arms({ candidate: { buckets: [bucket('0.1', 50), bucket('0.3', 80), bucket('+Inf', 100)] } }),
      [{ name: 'slow', slowerThanMs: 300 }],
      ALL,
    );

    expect(block?.questions['slow']?.candidate).toEqual({ requests: 100, bad: 20 });
    expect(boundsMs([bucket('0.3', 1), bucket('0.1', 1), bucket('+Inf', 1)])).toEqual([100, 300]);
  });
});

test.each([
  [{ code: '200', protocol: 'http' }, false],
  [{ code: '404', protocol: 'http' }, false],
  [{ code: '502', protocol: 'http' }, true],
  [{ code: '0', protocol: 'grpc' }, false],
  [{ code: '5', protocol: 'grpc' }, false],
  [{ code: '14', protocol: 'grpc' }, true],
  [{ code: '13', protocol: 'grpc-web' }, true],
  [{}, false],
])('%j is a bad answer: %s', (labels: Record<string, string>, expected) => {
  expect(isBadAnswer(labels)).toBe(expected);
});
