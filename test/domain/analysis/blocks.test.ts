import { describe, expect, test } from '@jest/globals';
import { answerKind, isBadAnswer } from '../../../src/domain/analysis/bad-answer.ts';
import { blocksOf, boundsMs, readBlocks, type Arms, type Cursors } from '../../../src/domain/analysis/blocks.ts';
import type { Series } from '../../../src/domain/analysis/series.ts';

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
    ['fell', ok([10, 100], [20, 5], [30, 15]), [20]],
    // It counts from 100 on when it is back, not from zero.
    ['vanished or came back', ok([10, 100], [30, 120]), []],
  ])('an interval in which a counter of either arm %s is left out for both', (_, broken, left) => {
    const steady = ok([10, 0], [20, 10], [30, 20]);

    const seen = blocksOf(arms({ candidate: { requests: [broken] }, stable: { requests: [steady] } }), ERRORS, ALL);

    expect(seen.map(({ from }) => from)).toEqual(left);
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
  [{ code: '2', protocol: 'grpc' }, false],
  [{ code: '502', protocol: 'grpc' }, true],
  [{ code: '13', protocol: 'grpc-web' }, true],
  [{}, false],
])('%j is a bad answer: %s', (labels: Record<string, string>, expected) => {
  expect(isBadAnswer(labels)).toBe(expected);
});

test.each([
  [{ code: '2', protocol: 'grpc' }, 'unknown'],
  [{ code: '4', protocol: 'grpc' }, 'bad'],
  [{ code: '0', protocol: 'grpc' }, 'good'],
  [{ code: '0', protocol: 'websocket' }, 'stream'],
  [{ code: '200', protocol: 'sse' }, 'good'],
  [{ code: '2', protocol: 'http' }, 'good'],
])('%j is %s', (labels: Record<string, string>, expected) => {
  expect(answerKind(labels)).toBe(expected);
});

describe('what Traefik counts in odd ways', () => {
  test('gRPC answers with a message are requests and not bad; failures before any message are bad', () => {
    const grpc = (code: string, ...samples: [number, number][]) => series({ code, protocol: 'grpc' }, ...samples);
    const [block] = blocksOf(
      arms({ candidate: { requests: [grpc('2', [10, 0], [20, 90]), grpc('14', [10, 0], [20, 10])] } }),
      ERRORS,
      ALL,
    );

    expect(block?.questions['errors']?.candidate).toEqual({ requests: 100, bad: 10 });
  });

  test('WebSockets are no answers, and streams are no slow answers', () => {
    const bucket = (protocol: string, le: string, count: number) => series({ protocol, le }, [10, 0], [20, count]);
    const [block] = blocksOf(
      arms({
        candidate: {
          requests: [ok([10, 0], [20, 90]), series({ code: '0', protocol: 'websocket' }, [10, 0], [20, 10])],
          buckets: [
            bucket('http', '0.3', 90),
            bucket('http', '+Inf', 90),
            bucket('sse', '0.3', 0),
            bucket('sse', '+Inf', 30),
            bucket('websocket', '+Inf', 10),
          ],
        },
      }),
      [...ERRORS, { name: 'slow', slowerThanMs: 300 }],
      ALL,
    );

    expect(block?.questions['errors']?.candidate).toEqual({ requests: 90, bad: 0 });
    expect(block?.questions['slow']?.candidate).toEqual({ requests: 90, bad: 0 });
  });

  test('a bound that only one version has counts for neither', () => {
    const bucket = (le: string) => series({ le }, [10, 0], [20, 100]);
    const [block] = blocksOf(
      arms({ candidate: { buckets: [bucket('+Inf')] }, stable: { buckets: [bucket('0.3'), bucket('+Inf')] } }),
      [{ name: 'slow', slowerThanMs: 300 }],
      ALL,
    );

    expect(block?.questions['slow']).toEqual({
      candidate: { requests: 0, bad: 0 },
      stable: { requests: 0, bad: 0 },
    });
  });
});

describe('one proxy scraped twice', () => {
  const twice = (changes: Record<string, string>[]) =>
    changes.flatMap((labels, index) => [
      series({ code: '200', ...labels }, [10 + index, 0], [20 + index, 100], [30 + index, 200]),
    ]);

  test.each([
    ['by two jobs', [{ job: 'traefik' }, { job: 'pods' }]],
    ['by a pair of Prometheus servers', [{ prometheus_replica: 'a' }, { prometheus_replica: 'b' }]],
    ['with labels of the target in one of them', [{ job: 'traefik' }, { job: 'pods', pod: 'traefik-1' }]],
  ])('%s is counted once', (_what, changes) => {
    const blocks = blocksOf(arms({ candidate: { requests: twice(changes) } }), ERRORS, ALL);

    expect(blocks.map(({ questions }) => questions['errors']?.candidate.requests)).toEqual([100, 100]);
  });

  test('two pods behind one name of an instance are two proxies', () => {
    const blocks = blocksOf(arms({ candidate: { requests: twice([{ pod: 'a' }, { pod: 'b' }]) } }), ERRORS, ALL);

    expect(blocks.map(({ instance }) => instance)).toEqual(['a', 'a (2)', 'a', 'a (2)']);
  });

  test('a server that stopped gives way to the one that goes on', () => {
    const going = series({ code: '200', prometheus_replica: 'b' }, [100_000, 0], [101_000, 10]);
    const stopped = series({ code: '200', prometheus_replica: 'a' }, [10, 0], [20, 5], [30, 5]);
    const blocks = blocksOf(arms({ candidate: { requests: [stopped, going] } }), ERRORS, { from: 0, to: 200_000 });

    expect(blocks.map(({ to }) => to)).toEqual([101_000]);
  });
});

describe('reading on from where one stopped', () => {
  const through = (requests: readonly Series[], ends: readonly number[]) => {
    let cursors: Cursors = {};
    return ends.flatMap((to) => {
      // As a fetch gives it: nothing after `to`, and nothing before the cursor.
      const from = Math.min(...Object.values(cursors).map(({ at }) => at), Infinity);
      const seen = requests
        .map(({ labels, samples }) => ({
          labels,
          samples: samples.filter(([at]) => at <= to && (from === Infinity || at >= from)),
        }))
        .filter(({ samples }) => samples.length > 0);
      const read = readBlocks(arms({ candidate: { requests: seen } }), ERRORS, { from: 0, to, cursors, settleMs: 5 });
      cursors = JSON.parse(JSON.stringify(read.cursors)) as Cursors;
      return read.blocks;
    });
  };
  const counted = (blocks: ReturnType<typeof through>) =>
    blocks.map(({ from, to, questions }) => [from, to, questions['errors']?.candidate.requests]);

  test('gives the same blocks as reading all at once, whatever the looks', () => {
    const requests = [
      ok([10, 0], [20, 10], [30, 25], [40, 25], [50, 3], [60, 9]),
      bad([30, 2], [40, 2], [50, 0], [60, 1]),
      series({ code: '200', instance: 'b' }, [12, 5], [32, 9], [52, 20]),
    ];
    const whole = counted(through(requests, [70]));

    for (const ends of [
      [15, 25, 35, 45, 55, 70],
      [20, 40, 60, 70],
      [11, 70],
    ])
      expect(counted(through(requests, ends)).sort()).toEqual([...whole].sort());
  });

  test('a series that vanished and came back did not begin at zero, in one reading and across two', () => {
    const requests = [
      ok([10, 0], [20, 10], [30, 20], [40, 30], [50, 40]),
      bad([10, 400], [20, 401], [40, 410], [50, 411]),
    ];

    expect(counted(through(requests, [60]))).toEqual([
      [10, 20, 11],
      [40, 50, 11],
    ]);
    expect(counted(through(requests, [31, 36, 60]))).toEqual([
      [10, 20, 11],
      [40, 50, 11],
    ]);
  });

  test('a scrape whose samples have not all arrived waits for them', () => {
    const whole = [ok([10, 0], [20, 10]), bad([10, 0], [20, 2])];
    const partly = [ok([10, 0], [20, 10]), bad([10, 0])];
    const read = (requests: Series[], to: number) =>
      readBlocks(arms({ candidate: { requests } }), ERRORS, { from: 0, to, settleMs: 5 });

    expect(read(partly, 22)).toEqual({ blocks: [], leftOut: [], cursors: { a: { at: 10, gone: [] } } });
    expect(read(whole, 22).blocks).toHaveLength(1);
    expect(read(partly, 30).cursors['a']).toEqual({ at: 20, gone: ['|503|||'] });
  });

  test('a sample that is no number is no count', () => {
    expect(counted(through([ok([10, 0], [20, NaN], [30, 20], [40, 30])], [50]))).toEqual([[30, 40, 10]]);
  });

  test('a counter that is never a number leaves every interval out, because nobody knows what it counted', () => {
    const requests = [ok([10, 0], [20, 10], [30, 20]), bad([10, NaN], [20, NaN], [30, NaN])];
    const read = readBlocks(arms({ candidate: { requests } }), ERRORS, { from: 0, to: 40 });

    expect(read.blocks).toEqual([]);
    expect(read.leftOut).toEqual([10, 20]);
  });
});
