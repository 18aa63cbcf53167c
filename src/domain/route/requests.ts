import { countArms } from '../analysis/increase.ts';
import type { Series } from '../analysis/series.ts';

export interface Measured {
  /** Of each Service, in the order given. */
  readonly requests: readonly number[];
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Requests of each Service between the first scrapes of all instances at or after `from` and their last ones: nothing
 * from before
 * `from` is in it, however far apart scrapes are. Undefined when no instance was scraped twice since.
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
 * At most this many requests since `from`. A series that has no sample from before counts whole: it may have been born
 * since, or
 * Prometheus may not have known it for so long.
 */
export function mostRequestsSince(series: readonly Series[], from: number): number {
  const known = series.map((one) => ({
    ...one,
    samples: one.samples.some(([at]) => at <= from) ? one.samples : [[from, 0] as const, ...one.samples],
  }));
  return countArms({ candidate: { requests: known, buckets: [] }, stable: { requests: [], buckets: [] } }, from)
    .candidate.requests;
}
