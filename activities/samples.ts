import type { CounterSeries, EvidencePort, ServiceCounters } from '../src/ports/evidence.ts';

/** Samples may reach Prometheus late (another replica's scrape, remote write): so much of the end is fetched again. */
const OVERLAP_MS = 60_000;
/** A release that is over asks no more. */
const UNUSED_MS = 600_000;

interface Kept {
  counters: ServiceCounters;
  fromMs: number;
  toMs: number;
  usedAt: number;
}

/**
 * Counters of services, fetched once and from then on only their end: a judgement looks at the whole release, every
 * second. What is
 * lost with the process is fetched again. Errors: those of MetricsPort.counters.
 */
export class Samples {
  readonly #metrics: EvidencePort;
  readonly #kept = new Map<string, Kept>();

  constructor(metrics: EvidencePort) {
    this.#metrics = metrics;
  }

  async counters(service: string, window: { fromMs: number; toMs: number }): Promise<ServiceCounters> {
    const kept = this.#kept.get(service);
    const known = kept && kept.fromMs <= window.fromMs && kept.toMs <= window.toMs ? kept : undefined;
    const fresh = await this.#metrics.counters(
      service,
      known ? { fromMs: Math.max(window.fromMs, known.toMs - OVERLAP_MS), toMs: window.toMs } : window,
    );
    const counters = known ? merge(known.counters, fresh, known.toMs - OVERLAP_MS) : fresh;
    this.#keep(service, { counters, fromMs: known?.fromMs ?? window.fromMs, toMs: window.toMs, usedAt: window.toMs });
    return cut(counters, window.fromMs);
  }

  #keep(service: string, kept: Kept): void {
    this.#kept.set(service, kept);
    for (const [name, { usedAt }] of this.#kept) if (kept.usedAt - usedAt > UNUSED_MS) this.#kept.delete(name);
  }
}

function merge(old: ServiceCounters, fresh: ServiceCounters, from: number): ServiceCounters {
  return {
    requests: mergeSeries(old.requests, fresh.requests, from),
    buckets: mergeSeries(old.buckets, fresh.buckets, from),
  };
}

function mergeSeries(old: readonly CounterSeries[], fresh: readonly CounterSeries[], from: number): CounterSeries[] {
  const byLabels = new Map(
    old.map((series) => [
      keyOf(series),
      { labels: series.labels, samples: series.samples.filter(([at]) => at < from) },
    ]),
  );
  for (const series of fresh) {
    const before = byLabels.get(keyOf(series))?.samples ?? [];
    byLabels.set(keyOf(series), {
      labels: series.labels,
      samples: [...before, ...series.samples.filter(([at]) => at >= from)],
    });
  }
  return [...byLabels.values()];
}

function keyOf({ labels }: CounterSeries): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function cut({ requests, buckets }: ServiceCounters, from: number): ServiceCounters {
  const later = (all: readonly CounterSeries[]) =>
    all.map(({ labels, samples }) => ({ labels, samples: samples.filter(([at]) => at >= from) }));
  return { requests: later(requests), buckets: later(buckets) };
}
