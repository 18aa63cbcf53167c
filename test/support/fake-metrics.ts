import { SluiceError } from '../../src/domain/errors.ts';
import type { CounterSeries, EvidencePort, ServiceCounters } from '../../src/ports/evidence.ts';

/** Traffic through one Traefik replica to one Service, from a given time on. */
export interface Flow {
  readonly instance: string;
  /** Label value of the counters. */
  readonly service: string;
  readonly requestsPerSecond: number;
  readonly errorShare: number;
  readonly latencyMs: number;
  readonly grpc?: boolean;
}

type FakeAnswer = { readonly labels: Record<string, string>; readonly value: number }[];

const BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, Infinity];
const HISTORY_MS = 3_600_000;
const MAX_SAMPLES = 200;

/**
 * Prometheus over flows. Counters are the flows' integrals at scrape times. After now the current flows continue, so
 * that a workflow whose clock is ahead (time skipping) gets the right counters.
 */
export class FakeMetrics implements EvidencePort {
  away = false;
  matchers: Readonly<Record<string, string>> = {};
  /** Returns no series, as for a label that does not exist. */
  empty = false;
  readonly #history: { at: number; flows: readonly Flow[] }[] = [];
  readonly #scrapeMs: number;

  constructor(scrapeMs: number) {
    this.#scrapeMs = scrapeMs;
  }

  record(at: number, flows: readonly Flow[]): void {
    this.#history.push({ at: this.#history.length === 0 ? at - HISTORY_MS : at, flows });
  }

  /** Results of PromQL expressions by their text, or by time. An expression that is not here has an empty result. */
  readonly answers = new Map<string, number | ((at: number) => FakeAnswer)>();
  /** The queries so far, with their times. */
  readonly asked: { promql: string; fromMs: number; toMs: number }[] = [];

  async query(promql: string, atMs: number): Promise<FakeAnswer> {
    this.#mustAnswer();
    this.asked.push({ promql, fromMs: atMs, toMs: atMs });
    return this.#answer(promql, atMs);
  }

  async queryRange(
    promql: string,
    { fromMs, toMs, stepMs }: { fromMs: number; toMs: number; stepMs: number },
  ): Promise<CounterSeries[]> {
    this.#mustAnswer();
    this.asked.push({ promql, fromMs, toMs });
    const series = new Map<string, { labels: Record<string, string>; samples: (readonly [number, number])[] }>();
    for (let at = fromMs; at <= toMs; at += stepMs) {
      for (const { labels, value } of this.#answer(promql, at)) {
        const key = JSON.stringify(labels);
        series.set(key, { labels, samples: [...(series.get(key)?.samples ?? []), [at, value]] });
      }
    }
    return [...series.values()];
  }

  #answer(promql: string, at: number): FakeAnswer {
    const answer = this.answers.get(promql);
    if (answer === undefined) return [];
    return typeof answer === 'number' ? [{ labels: {}, value: answer }] : answer(at);
  }

  async probe(): Promise<{ version: string }> {
    this.#mustAnswer();
    return { version: '3.0.0' };
  }

  async counters(service: string, window: { fromMs: number; toMs: number }): Promise<ServiceCounters> {
    this.#mustAnswer();
    if (this.empty) return { requests: [], buckets: [] };
    const times = this.#scrapes(window);
    const parts = this.#instances(service).flatMap((instance) =>
      ['200', '500'].map((code) => this.#part(service, instance, code, times)),
    );
    return { requests: parts.flatMap((part) => part.requests), buckets: parts.flatMap((part) => part.buckets) };
  }

  #instances(service: string): string[] {
    return [
      ...new Set(
        this.#history.flatMap(({ flows }) =>
          flows.filter((flow) => flow.service === service).map(({ instance }) => instance),
        ),
      ),
    ];
  }

  /** The series of one status code on one replica. Like real counters they appear with their first event. */
  #part(service: string, instance: string, code: string, times: readonly number[]): ServiceCounters {
    const grpc = this.#history.some(({ flows }) => flows.some((flow) => flow.service === service && flow.grpc));
    const answered = grpc
      ? { code: code === '500' ? '14' : '2', method: 'POST', protocol: 'grpc' }
      : { code, method: 'GET', protocol: 'http' };
    const labels = { service, instance, ...answered };
    const born = times.filter((at) => this.#count(service, instance, at, code, Infinity) > 0);
    if (born.length === 0) return { requests: [], buckets: [] };
    const series = (le: number, extra: object): CounterSeries => ({
      labels: { ...labels, ...extra },
      samples: born.map((at) => [at, this.#count(service, instance, at, code, le)] as const),
    });
    return {
      requests: [series(Infinity, {})],
      buckets: BOUNDS.map((le) => series(le, { le: le === Infinity ? '+Inf' : String(le) })),
    };
  }

  #mustAnswer(): void {
    if (this.away) throw new SluiceError('PROMETHEUS_UNREACHABLE', 'Prometheus does not answer: fault set by the test');
  }

  /** The last MAX_SAMPLES scrapes, and at most as many older ones, all on one grid of scrapes. */
  #scrapes({ fromMs, toMs }: { fromMs: number; toMs: number }): number[] {
    const dense = Math.max(fromMs, toMs - MAX_SAMPLES * this.#scrapeMs);
    const coarse = this.#scrapeMs * Math.max(1, Math.ceil((dense - fromMs) / this.#scrapeMs / MAX_SAMPLES));
    return [...grid(fromMs, dense - this.#scrapeMs / 2, coarse), ...grid(dense, toMs, this.#scrapeMs)];
  }

  #count(service: string, instance: string, at: number, code: string, le: number): number {
    let total = 0;
    for (const [index, period] of this.#history.entries()) {
      const flow = period.flows.find((one) => one.service === service && one.instance === instance);
      const until = Math.min(at, this.#history[index + 1]?.at ?? Infinity);
      if (!flow || until <= period.at || flow.latencyMs / 1000 > le) continue;
      total +=
        ((until - period.at) / 1000) *
        flow.requestsPerSecond *
        (code === '500' ? flow.errorShare : 1 - flow.errorShare);
    }
    return Math.floor(total);
  }
}

function grid(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step);
}
