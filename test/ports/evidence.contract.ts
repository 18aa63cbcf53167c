import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CounterSeries, EvidencePort } from '../../src/ports/evidence.ts';

/** Metrics of a service that two replicas send requests to. */
export interface MetricsFixture {
  readonly metrics: EvidencePort;
  readonly busyService: string;
  readonly now: () => number;
}

const WINDOW_MS = 10_000;

export function metricsContract(name: string, create: () => Promise<MetricsFixture>): void {
  describe(`MetricsPort: ${name}`, () => {
    let fixture: MetricsFixture;
    let metrics: EvidencePort;

    beforeAll(async () => {
      fixture = await create();
      ({ metrics } = fixture);
      await busy();
    }, 180_000);

    /** Until both replicas have been scraped with traffic over the window. */
    async function busy(): Promise<{
      requests: readonly CounterSeries[];
      buckets: readonly CounterSeries[];
      fromMs: number;
      toMs: number;
    }> {
      const deadline = Date.now() + 60_000;
      for (;;) {
        const window = { fromMs: fixture.now() - WINDOW_MS, toMs: fixture.now() };
        const counters = await metrics.counters(fixture.busyService, window);
        const ready = new Set(
          counters.requests.filter(({ samples }) => samples.length >= 3).map(({ labels }) => labels['instance']),
        );
        if (ready.size >= 2) return { ...counters, ...window };
        if (Date.now() > deadline) throw new Error(`no traffic: ${JSON.stringify(counters.requests)}`);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }

    test('answers with its version', async () => {
      expect((await metrics.probe()).version).toMatch(/^\d+\.\d+/);
    });

    test('a service that nobody exports has no series, which is no error', async () => {
      expect(await metrics.counters('no "such" \\ service', { fromMs: 0, toMs: fixture.now() })).toEqual({
        requests: [],
        buckets: [],
      });
    });

    test('gives raw samples inside the window, ascending, one series for each replica and code', async () => {
      const { requests, fromMs, toMs } = await busy();

      for (const { labels, samples } of requests) {
        expect(labels).toMatchObject({
          service: fixture.busyService,
          code: expect.stringMatching(/^\d{3}$/),
          instance: expect.any(String),
        });
        const times = samples.map(([at]) => at);
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
        // Prometheus keeps whole milliseconds; the package that reads it may cut one off.
        expect(times.every((at) => at >= fromMs - 1 && at <= toMs)).toBe(true);
        expect(samples.map(([, value]) => value)).toEqual(samples.map(([, value]) => value).sort((a, b) => a - b));
      }
    });

    test('the last bucket counts what the requests count', async () => {
      const { requests, buckets } = await busy();
      const last = (series: readonly CounterSeries[]) =>
        series.reduce((sum, { samples }) => sum + (samples.at(-1)?.[1] ?? 0), 0);

      const all = buckets.filter(({ labels }) => labels['le'] === '+Inf');
      expect(new Set(buckets.map(({ labels }) => labels['le'])).size).toBeGreaterThan(3);
      expect(last(all)).toBe(last(requests));
    });
  });
}
