/**
 * Requests, and how many of them count against a service: errors, slow answers, or the requests that it received of a
 * route.
 */
export interface Counts {
  readonly total: number;
  readonly hits: number;
}

/** ln n!. Above 15 it uses Stirling's series (relative error below 1e-13). */
export function logFactorial(n: number): number {
  if (n < 16) return Math.log(Array.from({ length: n }, (_, i) => i + 1).reduce((product, i) => product * i, 1));
  return (
    n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5)
  );
}

const logChoose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/**
 * P(X ≥ hits of `now`), where X is hypergeometric: the hits of both periods are distributed over their requests by
 * chance. This is the one-sided p-value of Fisher's exact test for "now has the greater share". Counts are whole
 * numbers. Source: R. A. Fisher, J. R. Stat. Soc. 98 (1935), 39–54.
 */
export function fisherGreater(now: Counts, past: Counts): number {
  const hits = now.hits + past.hits;
  const total = now.total + past.total;
  const least = Math.max(0, hits - past.total);
  const most = Math.min(hits, now.total);
  if (now.hits <= least) return 1;
  const mean = (now.total * hits) / (total || 1);
  // Sums the shorter tail, from its greatest term on.
  if (now.hits > mean) return Math.min(1, tail(now.hits, most, 1, { now, hits, total }));
  return Math.max(0, 1 - tail(now.hits - 1, least, -1, { now, hits, total }));
}

/** Sum of the probabilities from `from` to `to`. They decrease in that direction. */
function tail(
  from: number,
  to: number,
  step: 1 | -1,
  { now, hits, total }: { now: Counts; hits: number; total: number },
): number {
  let term = Math.exp(logChoose(hits, from) + logChoose(total - hits, now.total - from) - logChoose(total, now.total));
  let sum = term;
  for (let k = from; k !== to && term > sum * 1e-17; k += step) {
    const up = ((hits - k) * (now.total - k)) / ((k + 1) * (total - hits - now.total + k + 1));
    const down = (k * (total - hits - now.total + k)) / ((hits - k + 1) * (now.total - k + 1));
    term *= step === 1 ? up : down;
    sum += term;
  }
  return sum;
}

/**
 * How much more the share varies from block to block than chance explains. This is Pearson's X² divided by its degrees
 * of freedom, and at least 1. Source: P. McCullagh, J. A. Nelder, Generalized Linear Models, 2nd ed. (1989), §4.5.
 */
export function dispersion(blocks: readonly Counts[]): number {
  const used = blocks.filter(({ total }) => total > 0);
  const total = used.reduce((sum, block) => sum + block.total, 0);
  const p = used.reduce((sum, { hits }) => sum + hits, 0) / (total || 1);
  if (used.length < 2 || p <= 0 || p >= 1) return 1;
  const squares = used.reduce(
    (sum, block) => sum + (block.hits - block.total * p) ** 2 / (block.total * p * (1 - p)),
    0,
  );
  return Math.max(1, squares / (used.length - 1));
}

/**
 * Independent counts with the same information as these. Errors come in clumps, so both counts are divided by the
 * dispersion (a design effect). Source: J. N. K. Rao, A. J. Scott, Biometrics 48 (1992), 577–585.
 */
export function effective({ total, hits }: Counts, phi: number): Counts {
  const whole = Math.round(total / phi);
  return { total: whole, hits: Math.min(whole, Math.round(hits / phi)) };
}

/**
 * Returns adjusted p-values in the given order. Comparing them with any level controls the family-wise error at that
 * level. Source: S. Holm, Scand. J. Stat. 6 (1979), 65–70.
 */
export function holm(values: readonly number[]): readonly number[] {
  const order = values.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p);
  const adjusted = new Array<number>(values.length).fill(1);
  let floor = 0;
  for (const [rank, { p, index }] of order.entries()) {
    floor = Math.max(floor, Math.min(1, p * (values.length - rank)));
    adjusted[index] = floor;
  }
  return adjusted;
}
