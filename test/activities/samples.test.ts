import { beforeEach, expect, test } from '@jest/globals';
import { Samples } from '../../activities/samples.ts';
import type { CounterSeries, EvidencePort, ServiceCounters } from '../../src/ports/evidence.ts';

const SCRAPE_MS = 15_000;
const MINUTE = 60_000;

/** A Prometheus that remembers what it was asked, and whose series may be changed. */
class Source {
  readonly asked: { service: string; fromMs: number; toMs: number }[] = [];
  /** Scrapes that have not arrived yet. */
  late = (_at: number): boolean => false;
  /** The instances that are scraped at a time. */
  instances = (_at: number): readonly string[] => ['traefik-1'];
  failing = false;

  counters(service: string, { fromMs, toMs }: { fromMs: number; toMs: number }): Promise<ServiceCounters> {
    this.asked.push({ service, fromMs, toMs });
    if (this.failing) return Promise.reject(new Error('away'));
    const times: number[] = [];
    for (let at = Math.ceil(fromMs / SCRAPE_MS) * SCRAPE_MS; at <= toMs; at += SCRAPE_MS)
      if (!this.late(at)) times.push(at);
    const names = new Set(times.flatMap((at) => this.instances(at)));
    const series = (instance: string, labels: object): CounterSeries => ({
      labels: { ...labels, instance },
      samples: times.filter((at) => this.instances(at).includes(instance)).map((at) => [at, at / SCRAPE_MS]),
    });
    return Promise.resolve({
      requests: [...names].map((name) => series(name, { code: '200' })),
      buckets: [...names].map((name) => series(name, { le: '0.3' })),
    });
  }
}

let source: Source;
let samples: Samples;
beforeEach(() => {
  source = new Source();
  samples = new Samples(source as unknown as EvidencePort);
});

const window = (fromMinutes: number, toMinutes: number) => ({ fromMs: fromMinutes * MINUTE, toMs: toMinutes * MINUTE });
/** What a Prometheus that forgets nothing would answer at once. */
const whole = (fromMinutes: number, toMinutes: number) => source.counters('web', window(fromMinutes, toMinutes));
const lastAsked = () => source.asked.at(-1);

test('the first judgement fetches everything, the next ones only the end, and the answer is the same', async () => {
  await samples.counters('web', window(0, 60));
  const later = await samples.counters('web', window(0, 61));

  expect(source.asked).toEqual([
    { service: 'web', ...window(0, 60) },
    { service: 'web', ...window(59, 61) },
  ]);
  expect(later).toEqual(await whole(0, 61));
});

test('a sample that came late is there in the next answer, once', async () => {
  source.late = (at) => at > 60 * MINUTE - 20_000;
  await samples.counters('web', window(0, 60));
  source.late = () => false;

  expect(await samples.counters('web', window(0, 60))).toEqual(await whole(0, 60));
});

test('a replica that comes later and one that goes keep their own series', async () => {
  source.instances = (at) => (at < 60 * MINUTE ? ['traefik-1'] : ['traefik-2']);
  await samples.counters('web', window(0, 59));
  await samples.counters('web', window(0, 61));
  const { requests } = await samples.counters('web', window(0, 63));

  expect(requests.map(({ labels, samples: [first] }) => [labels['instance'], first?.[0]])).toEqual([
    ['traefik-1', 0],
    ['traefik-2', 60 * MINUTE],
  ]);
  expect(requests.map(({ samples: { length } }) => length)).toEqual([240, 13]);
});

test('a gap in what was scraped stays a gap', async () => {
  source.late = (at) => at > 30 * MINUTE && at < 40 * MINUTE;
  await samples.counters('web', window(0, 35));
  await samples.counters('web', window(0, 45));

  const { requests } = await samples.counters('web', window(0, 46));

  expect(requests[0]?.samples.filter(([at]) => at > 30 * MINUTE && at < 40 * MINUTE)).toEqual([]);
  expect(requests).toEqual((await whole(0, 46)).requests);
});

test('time that nobody looked at is fetched when somebody looks again', async () => {
  await samples.counters('web', window(0, 20));

  expect(await samples.counters('web', window(0, 50))).toEqual(await whole(0, 50));
});

test('an older window asks for all of it again, a narrower one is cut', async () => {
  await samples.counters('web', window(10, 60));
  await samples.counters('web', window(5, 60));
  expect(lastAsked()).toMatchObject(window(5, 60));

  const narrow = await samples.counters('web', window(30, 60));

  expect(narrow).toEqual(await whole(30, 60));
});

test('a window that ends before the last one is not answered with what came after it', async () => {
  await samples.counters('web', window(0, 60));

  expect(await samples.counters('web', window(0, 50))).toEqual(await whole(0, 50));
});

test('an answer that failed is not kept, and what was kept before it is good', async () => {
  await samples.counters('web', window(0, 60));
  source.failing = true;
  await expect(samples.counters('web', window(0, 61))).rejects.toThrow('away');
  source.failing = false;

  expect(await samples.counters('web', window(0, 62))).toEqual(await whole(0, 62));
  expect(source.asked.at(-2)).toMatchObject(window(59, 62));
});

test('services are kept apart, and one that nobody asks for any more is forgotten', async () => {
  await samples.counters('web', window(0, 60));
  await samples.counters('api', window(0, 60));
  expect(source.asked.map(({ service, fromMs }) => [service, fromMs])).toEqual([
    ['web', 0],
    ['api', 0],
  ]);

  await samples.counters('api', window(0, 71));
  await samples.counters('web', window(0, 71));

  expect(lastAsked()).toEqual({ service: 'web', ...window(0, 71) });
});

test('one that is asked for now and then is kept', async () => {
  await samples.counters('web', window(0, 60));
  await samples.counters('api', window(0, 69));
  await samples.counters('web', window(0, 69));
  await samples.counters('api', window(0, 78));
  await samples.counters('web', window(0, 78));

  expect(lastAsked()).toEqual({ service: 'web', ...window(68, 78) });
});
