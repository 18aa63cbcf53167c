import type { ArmCounts } from './verdict.ts';

/** One counter series: labels and raw samples [epoch ms, value], ascending. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [number, number])[];
}

export interface ArmSeries {
  readonly requests: readonly Series[];
  readonly buckets: readonly Series[];
}

/**
 * Increase of one counter between `from` and its last sample. The baseline is the last sample at or before `from`.
 * A series without one began at zero if its instance was scraped before (Traefik creates a series with its first
 * request);
 * otherwise there was a gap, and its first sample is the baseline. A fall is a reset: what was counted since is a lower
 * bound.
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

/** Counts of both arms since `from`. Series of all proxy replicas are added, never ratios averaged. */
export function countArms(
  arms: { candidate: ArmSeries; stable: ArmSeries },
  from: number,
): { candidate: ArmCounts; stable: ArmCounts } {
  const known = scrapedBefore([arms.candidate, arms.stable], from);
  return { candidate: countArm(arms.candidate, from, known), stable: countArm(arms.stable, from, known) };
}

function scrapedBefore(arms: readonly ArmSeries[], from: number): ReadonlySet<string> {
  const series = arms.flatMap((arm) => [...arm.requests, ...arm.buckets]);
  const scraped = series.filter((one) => one.samples.some(([at]) => at <= from));
  return new Set(scraped.map((one) => one.labels['instance'] ?? ''));
}

function countArm(arm: ArmSeries, from: number, known: ReadonlySet<string>): ArmCounts {
  const increase = (one: Series) => seriesIncrease(one, from, known.has(one.labels['instance'] ?? ''));
  const total = (series: readonly Series[]) => series.reduce((sum, one) => sum + increase(one), 0);
  const errors = arm.requests.filter((one) => isServerError(one.labels['code']));
  return { requests: total(arm.requests), errors: total(errors), buckets: sumBuckets(arm.buckets, increase) };
}

/** A 5xx answer; for gRPC the label holds a gRPC status, which fixed limits do not judge. */
function isServerError(code: string | undefined): boolean {
  return code !== undefined && /^5\d\d$/.test(code);
}

function sumBuckets(series: readonly Series[], increase: (one: Series) => number): ArmCounts['buckets'] {
  const byBound = new Map<number, number>();
  for (const one of series) {
    const le = parseBound(one.labels['le']);
    if (le !== undefined) byBound.set(le, (byBound.get(le) ?? 0) + increase(one));
  }
  return [...byBound].map(([le, count]) => ({ le, count })).sort((a, b) => a.le - b.le);
}

function parseBound(le: string | undefined): number | undefined {
  if (le === '+Inf') return Infinity;
  const bound = Number(le);
  return le === undefined || le === '' || Number.isNaN(bound) ? undefined : bound;
}
