import { normalQuantile } from './normal.ts';

/**
 * The shift of one sample against another: the median of all differences x − y. Values have the unit of the samples.
 */
export interface Shift {
  /** The Hodges–Lehmann estimate. */
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * The Hodges–Lehmann estimate of the shift of `x` against `y`, with the interval that the two-sided Mann–Whitney test
 * does not reject.
 *
 * It uses the normal approximation with correction for continuity and ties, as R's wilcox.test (exact = FALSE) and
 * Kayenta do (spinnaker/kayenta, kayenta-mannwhitney/…/MannWhitney.scala). Both find the ends by a search. This
 * function takes them from the sorted differences, because the test's result changes at these values only. Samples must
 * not be empty. `confidence` is in (0, 1).
 */
export function shift(x: readonly number[], y: readonly number[], confidence: number): Shift {
  const differences = Float64Array.from(x.flatMap((a) => y.map((b) => a - b))).sort();
  const pairs = differences.length;
  const below = pairs / 2 - 0.5 - normalQuantile((1 + confidence) / 2) * deviation(x, y);
  const rank = Math.min(pairs, Math.max(1, Math.floor(below) + 1));
  const at = (one: number): number => differences[one - 1] as number;
  return {
    estimate: (at(Math.floor((pairs + 1) / 2)) + at(Math.ceil((pairs + 1) / 2))) / 2,
    lower: at(Math.min(rank, pairs + 1 - rank)),
    upper: at(Math.max(rank, pairs + 1 - rank)),
  };
}

/** Standard deviation of the test's statistic. Ties reduce it. */
function deviation(x: readonly number[], y: readonly number[]): number {
  const [m, n] = [x.length, y.length];
  const all = m + n;
  const tied = ties(x) + ties(y);
  return Math.sqrt(((m * n) / 12) * (all + 1 - tied / Math.max(1, all * (all - 1))));
}

function ties(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + count ** 3 - count, 0);
}
