import type { ArmSeries, Series } from './series.ts';
import { answerKind, isLongLived, type AnswerKind } from './bad-answer.ts';
import { seriesByProxy } from './proxies.ts';
import type { ArmCounts } from './verdict.ts';

/**
 * Increase of one counter between `from` and its last sample.
 *
 * The baseline is the last sample at or before `from`. A series without such a sample began at zero if its instance was
 * scraped before, because Traefik creates a series with its first request. Otherwise there was a gap, and its first
 * sample is the baseline. A fall is a reset: the count since the reset is a lower bound.
 */
export function seriesIncrease(series: Series, from: number, instanceKnown: boolean): number {
  const inside = series.samples.filter(([at]) => at > from);
  const before = series.samples.findLast(([at]) => at <= from);
  let previous = before?.[1] ?? (instanceKnown ? 0 : (inside[0]?.[1] ?? 0));
  let sum = 0;
  for (const [, value] of inside) {
    sum += value >= previous ? value - previous : value;
    previous = value;
  }
  return sum;
}

/** Counts of both arms since `from`. The series of all proxy replicas are added. Ratios are never averaged. */
export function countArms(
  arms: { candidate: ArmSeries; stable: ArmSeries },
  from: number,
): { candidate: ArmCounts; stable: ArmCounts } {
  const series = [arms.candidate, arms.stable].flatMap(({ requests, buckets }) => [...requests, ...buckets]);
  const scraped = new Map<Series, boolean>();
  for (const own of seriesByProxy(series).values()) {
    const before = own.some(({ samples }) => samples.some(([at]) => at <= from));
    for (const one of own) scraped.set(one, before);
  }
  return { candidate: countArm(arms.candidate, from, scraped), stable: countArm(arms.stable, from, scraped) };
}

/** `scraped`: whether the series' proxy was scraped before `from`. A series that is absent from it is a duplicate. */
function countArm(arm: ArmSeries, from: number, scraped: ReadonlyMap<Series, boolean>): ArmCounts {
  const increase = (one: Series): number => {
    const before = scraped.get(one);
    return before === undefined ? 0 : seriesIncrease(one, from, before);
  };
  const total = (series: readonly Series[], kind?: AnswerKind) =>
    series.reduce((sum, one) => (kind && answerKind(one.labels) !== kind ? sum : sum + increase(one)), 0);
  const unknown = total(arm.requests, 'unknown');
  return {
    requests: total(arm.requests) - total(arm.requests, 'stream'),
    errors: total(arm.requests, 'bad'),
    ...(unknown > 0 && { unknown }),
    buckets: sumBuckets(
      arm.buckets.filter(({ labels }) => !isLongLived(labels)),
      increase,
    ),
  };
}

/**
 * Cumulative counts by bound. Only bounds that every proxy has can be added. A percentile over proxies with different
 * bounds would be wrong without a warning.
 */
function sumBuckets(series: readonly Series[], increase: (one: Series) => number): ArmCounts['buckets'] {
  const byBound = new Map<number, number>();
  const byProxy = new Map<string, Set<number>>();
  for (const one of series) {
    const le = parseBound(one.labels['le']);
    if (le === undefined) continue;
    byBound.set(le, (byBound.get(le) ?? 0) + increase(one));
    const proxy = one.labels['instance'] ?? '';
    byProxy.set(proxy, (byProxy.get(proxy) ?? new Set()).add(le));
  }
  const common = [...byBound].filter(([le]) => [...byProxy.values()].every((bounds) => bounds.has(le)));
  return common.map(([le, count]) => ({ le, count })).sort((a, b) => a.le - b.le);
}

function parseBound(le: string | undefined): number | undefined {
  if (le === '+Inf') return Infinity;
  const bound = Number(le);
  return le === undefined || le === '' || Number.isNaN(bound) ? undefined : bound;
}
