import { countArms } from './increase.ts';
import type { ArmSeries, Series } from './series.ts';
import type { ArmCounts } from './verdict.ts';

/** The increases of one service's counters within intervals of equal length. Times are epoch milliseconds. */
export interface Blocks {
  /** Blocks before the window, oldest first, from the first scrape on. */
  readonly past: readonly ArmCounts[];
  readonly now: readonly ArmCounts[];
}

export interface Cut {
  /** Start of the past, start of the window, end of the window. */
  readonly since: number;
  readonly from: number;
  readonly to: number;
  readonly blockMs: number;
}

/** Cuts a service's series into blocks of equal length. The last block ends with the window. */
export function cutBlocks(series: ArmSeries, cut: Cut): Blocks {
  const first = Math.min(
    ...[...series.requests, ...series.buckets].map(({ samples }) => samples[0]?.[0] ?? Infinity),
    Infinity,
  );
  const begin = Math.max(cut.since, first);
  if (begin >= cut.to) return { past: [], now: [] };
  const past = Math.max(0, Math.floor((cut.from - begin) / cut.blockMs));
  const starts = Array.from({ length: past }, (_, index) => cut.from - (past - index) * cut.blockMs);
  const inside = Array.from(
    { length: Math.round((cut.to - cut.from) / cut.blockMs) },
    (_, index) => cut.from + index * cut.blockMs,
  );
  const all = countBlocks(series, [...starts, ...inside], cut.blockMs);
  return { past: all.slice(0, past), now: all.slice(past) };
}

/** Each block gets the samples within it and the last sample before it. `countArms` needs no others. */
function countBlocks(series: ArmSeries, starts: readonly number[], blockMs: number): ArmCounts[] {
  const requests = series.requests.map((one) => slices(one, starts, blockMs));
  const buckets = series.buckets.map((one) => slices(one, starts, blockMs));
  return starts.map((start, index) => {
    const arm = {
      requests: requests.flatMap((one) => one[index] ?? []),
      buckets: buckets.flatMap((one) => one[index] ?? []),
    };
    return countArms({ candidate: arm, stable: { requests: [], buckets: [] } }, start).candidate;
  });
}

function slices(series: Series, starts: readonly number[], blockMs: number): Series[] {
  let next = 0;
  return starts.map((start) => {
    while (next < series.samples.length && (series.samples[next]?.[0] ?? 0) <= start) next += 1;
    const before = Math.max(0, next - 1);
    let end = next;
    while (end < series.samples.length && (series.samples[end]?.[0] ?? Infinity) <= start + blockMs) end += 1;
    return { labels: series.labels, samples: series.samples.slice(before, end) };
  });
}
