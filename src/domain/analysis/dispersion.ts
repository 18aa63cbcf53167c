import type { ArmBlock } from './block-test.ts';

/** Fewer blocks than this say nothing about clumping. */
const LEAST_BLOCKS = 8;
/** z of the one-sided 95 % bound. */
const Z = 1.6449;

/**
 * How much more the bad answers of one arm vary from block to block than independent ones would: φ = 1 when independent, about the
 * clump's size when they come in clumps (retries, one bad client). Pearson's χ² over its degrees of freedom (McCullagh & Nelder,
 * Generalized Linear Models, §4.5), never below 1. `upper`: its one-sided 95 % bound, with the χ² quantile after Wilson & Hilferty
 * (PNAS 17, 1931). Undefined while there are too few blocks with requests, or no bad answer at all.
 */
export function dispersion(blocks: readonly ArmBlock[]): { readonly estimate: number; readonly upper: number } | undefined {
  const used = blocks.filter(({ requests }) => requests > 0);
  const total = used.reduce((sum, { requests }) => sum + requests, 0);
  const bad = used.reduce((sum, block) => sum + block.bad, 0);
  if (used.length < LEAST_BLOCKS || bad === 0 || bad === total) return undefined;
  const rate = bad / total;
  const pearson = used.reduce((sum, { requests, bad: k }) => sum + (k - requests * rate) ** 2 / (requests * rate * (1 - rate)), 0);
  const freedom = used.length - 1;
  return { estimate: Math.max(1, pearson / freedom), upper: Math.max(1, pearson / chiSquareQuantile(freedom)) };
}

/** The 5 % quantile of χ² with `freedom` degrees. */
function chiSquareQuantile(freedom: number): number {
  const c = 2 / (9 * freedom);
  return freedom * (1 - c - Z * Math.sqrt(c)) ** 3;
}
