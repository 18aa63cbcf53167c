import type { ArmBlock } from './block-test.ts';

/** With fewer blocks the dispersion is not estimated. */
const MIN_BLOCKS = 8;
/** Normal quantile of the one-sided 95 % bound. */
const Z = 1.6449;

/**
 * How much more the bad answers of one arm vary from block to block than independent ones would. φ is 1 when they are
 * independent, and about the clump's size when they come in clumps (retries, one bad client).
 *
 * φ is the mean square of successive differences of the share divided by its binomial variance, so that slow drift of
 * the rate does not count as clumping (von Neumann et al., Ann. Math. Statist. 12, 1941). It is never below 1.
 *
 * `upper` is its one-sided 95 % bound. It has two thirds of the differences as degrees of freedom, because neighbours
 * share a block, and the χ² quantile after Wilson & Hilferty (PNAS 17, 1931). Returns undefined while there are too few
 * blocks with requests, or no bad answer.
 */
export function dispersion(
  blocks: readonly ArmBlock[],
): { readonly estimate: number; readonly upper: number } | undefined {
  const used = blocks.filter(({ requests }) => requests > 0);
  const total = used.reduce((sum, { requests }) => sum + requests, 0);
  const bad = used.reduce((sum, block) => sum + block.bad, 0);
  if (used.length < MIN_BLOCKS || bad === 0 || bad === total) return undefined;
  const variance = (bad / total) * (1 - bad / total);
  const squares = used.slice(1).map((block, index) => squaredDifference(block, used[index] ?? block, variance));
  const estimate = squares.reduce((sum, square) => sum + square, 0) / squares.length;
  const freedom = (2 * squares.length) / 3;
  return { estimate: Math.max(1, estimate), upper: Math.max(1, (estimate * freedom) / chiSquareQuantile(freedom)) };
}

function squaredDifference(a: ArmBlock, b: ArmBlock, variance: number): number {
  return (a.bad / a.requests - b.bad / b.requests) ** 2 / (variance * (1 / a.requests + 1 / b.requests));
}

/** The 5 % quantile of χ² with `freedom` degrees of freedom. */
function chiSquareQuantile(freedom: number): number {
  const c = 2 / (9 * freedom);
  return freedom * (1 - c - Z * Math.sqrt(c)) ** 3;
}
