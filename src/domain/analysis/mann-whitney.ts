import { normalQuantile } from './normal.ts';

/**
 * The shift of one sample against another: every x − y is taken, their median is the estimate. In the samples' unit.
 */
export interface Shift {
  /** Hodges and Lehmann's estimate. */
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Hodges and Lehmann's estimate of the shift of `x` against `y`, with the interval that Mann and Whitney's two-sided
 * test does not reject, by the normal
 * approximation with correction for continuity and ties: that of R's wilcox.test (exact = FALSE), which Kayenta
 * computes too
 * (spinnaker/kayenta, kayenta-mannwhitney/…/MannWhitney.scala). Both find the ends by a search; here they are taken
 * from the sorted differences, at which
 * alone the test changes its mind. Samples must not be empty, `confidence` is in (0, 1).
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

/** Standard deviation of the test's statistic where the samples do not overlap by ties; ties within each lessen it. */
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
