import { TOOL_LABEL } from './tools/label.ts';
import type { Series } from './series.ts';

/** Every time in the window at which the replica was scraped, ascending. */
export function scrapeTimes(series: readonly Series[], { from, to }: { from: number; to: number }): readonly number[] {
  const times = new Set<number>();
  for (const { samples } of series) for (const [at] of samples) if (at >= from && at <= to) times.add(at);
  return [...times].sort((a, b) => a - b);
}

/** The value of a sample that is not a number. No counter is below zero. */
const NOT_A_NUMBER = -1;

/**
 * A counter's values at the scrapes. NaN means that the counter was absent. A judgement reads an hour of every counter
 * each second, so each value is looked up once.
 */
export interface Column {
  /** Name of the series in a cursor. */
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Float64Array;
}

/** The proxy's own labels identify a series, because a key is looked up among the series of one proxy. */
function keyOf({
  service,
  exported_service: exported,
  code,
  method,
  protocol,
  le,
  ...labels
}: Series['labels']): string {
  const tool = labels[TOOL_LABEL];
  const own = [exported ?? service, code, method, protocol, le].map((one) => one ?? '').join('|');
  return tool === undefined ? own : `${own}|${tool}`;
}

export function align({ labels, samples }: Series, places: ReadonlyMap<number, number>): Column {
  const values = new Float64Array(places.size).fill(NaN);
  for (const [at, value] of samples) {
    const place = places.get(at);
    if (place !== undefined) values[place] = Number.isFinite(value) ? value : NOT_A_NUMBER;
  }
  return { key: keyOf(labels), labels, values };
}

/**
 * `broken`: by the index of an interval's first scrape, whether any counter fell, vanished, came back or was
 * not a number in it.
 * `goneAt`: the series that are absent at a scrape and existed before, including those in `gone`.
 */
export function breaks(
  columns: readonly Column[],
  scrapes: number,
  gone: readonly string[],
): { broken: Uint8Array; goneAt: (scrape: number) => readonly string[] } {
  const broken = new Uint8Array(scrapes);
  const before = new Set(gone);
  for (const { key, values } of columns) {
    let known = before.has(key);
    for (let index = 0; index + 1 < scrapes; index += 1) {
      const [now, next] = [values[index] as number, values[index + 1] as number];
      // The condition is not "next < now": a counter that vanished is NaN and breaks the interval as well.
      if (!Number.isNaN(now) && !(next >= now)) broken[index] = 1;
      if (Number.isNaN(now) && known && !Number.isNaN(next)) broken[index] = 1;
      if (now === NOT_A_NUMBER || next === NOT_A_NUMBER) broken[index] = 1;
      known ||= !Number.isNaN(now);
    }
  }
  const isAway = ({ key, values }: Column, scrape: number) =>
    Number.isNaN(values[scrape]) && (before.has(key) || values.subarray(0, scrape).some((one) => !Number.isNaN(one)));
  return {
    broken,
    goneAt: (scrape) => {
      const seen = new Set(columns.map(({ key }) => key));
      const away = columns.filter((column) => isAway(column, scrape)).map(({ key }) => key);
      return [...gone.filter((key) => !seen.has(key)), ...away];
    },
  };
}

/** Absent values count as zero. */
export function sum(columns: readonly Column[], scrapes: number): Float64Array {
  const totals = new Float64Array(scrapes);
  for (const { values } of columns)
    for (let index = 0; index < scrapes; index += 1)
      totals[index] = (totals[index] as number) + ((values[index] as number) || 0);
  return totals;
}
