import { countArms } from '../analysis/increase.ts';
import type { Series } from '../analysis/series.ts';

export interface Measured {
  /** Requests of each Service, in the order given. */
  readonly requests: readonly number[];
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Requests of each Service between the first scrapes of all instances at or after `from` and their last ones. Requests
 * before `from` are never included, whatever the scrape interval is. Undefined when no instance was scraped twice
 * since.
 */
export function requestsSince(services: readonly (readonly Series[])[], from: number): Measured | undefined {
  const times = new Map<string, number[]>();
  for (const { labels, samples } of services.flat()) {
    const instance = labels['instance'] ?? '';
    times.set(instance, [...(times.get(instance) ?? []), ...samples.map(([at]) => at).filter((at) => at >= from)]);
  }
  const scraped = [...times.values()]
    .filter((list) => list.length > 0)
    .map((list) => ({ first: Math.min(...list), last: Math.max(...list) }));
  const fromMs = Math.max(...scraped.map(({ first }) => first));
  const toMs = Math.max(...scraped.map(({ last }) => last));
  if (scraped.length === 0 || toMs <= fromMs) return undefined;
  const all = { requests: services.flat(), buckets: [] };
  return {
    requests: services.map(
      (requests) => countArms({ candidate: { requests, buckets: [] }, stable: all }, fromMs).candidate.requests,
    ),
    fromMs,
    toMs,
  };
}

/**
 * An upper bound of the requests since `from`. A series without a sample before `from` counts completely: it may be
 * new, or Prometheus may not hold older samples.
 */
export function mostRequestsSince(series: readonly Series[], from: number): number {
  const known = series.map((one) => ({
    ...one,
    samples: one.samples.some(([at]) => at <= from) ? one.samples : [[from, 0] as const, ...one.samples],
  }));
  return countArms({ candidate: { requests: known, buckets: [] }, stable: { requests: [], buckets: [] } }, from)
    .candidate.requests;
}
