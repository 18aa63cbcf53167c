import type { ArmBlock } from '../block-test.ts';

/** Counts that fade: after its half-life half of them is left. */
interface Memory extends ArmBlock {
  /** Logarithm of how well it predicted lately. */
  readonly score: number;
}

/** What is known of stable's share of bad answers. Plain JSON. One memory for each half-life, the longest first. */
export type StableRate = readonly Memory[];

const HALF_LIVES_MS = [3_600_000, 150_000, 15_000];
/** Predictions older than this have half a say about which memory is better. */
const SCORE_HALF_LIFE_MS = 300_000;
/** Beta prior (Turner, Ly & Grünwald, arXiv 2106.02693, §4): weak, and near rare errors. */
const PRIOR_BAD = 0.18;
const PRIOR_GOOD = 3.4;
/** A memory begins at the next longer one's rate, with the weight of this many bad answers. */
const SHRINK_BAD = 4;
/** A memory that was useless may be useful again. */
const WORST_SCORE = -6;

export const UNKNOWN_RATE: StableRate = HALF_LIVES_MS.map((_, index) => ({ requests: 0, bad: 0, score: -index }));

/**
 * Stable's share of bad answers in the next block, from the blocks before: a mixture of memories of an hour, of minutes
 * and of seconds, weighted by how well each has predicted stable lately. A wave of errors in both versions is followed.
 */
export function expectedRate(rate: StableRate): number {
  const shares = rate.map(({ score }) => Math.exp(score));
  const sum = shares.reduce((total, one) => total + one, 0);
  return predictions(rate).reduce((mean, one, index) => mean + (one * (shares[index] as number)) / sum, 0);
}

/** The memory after a block of stable. `phi`: dispersion; `ms`: time since the block before. */
export function learnRate(rate: StableRate, block: ArmBlock, ms: number, phi: number): StableRate {
  const logs = predictions(rate).map(
    (p) => (block.bad * Math.log(p) + (block.requests - block.bad) * Math.log(1 - p)) / phi,
  );
  const scores = rate.map(({ score }, index) => score * 0.5 ** (ms / SCORE_HALF_LIFE_MS) + (logs[index] as number));
  const best = Math.max(...scores);
  return rate.map(({ requests, bad }, index) => {
    const left = 0.5 ** (ms / (HALF_LIVES_MS[index] as number));
    return {
      requests: requests * left + block.requests,
      bad: bad * left + block.bad,
      score: Math.max(WORST_SCORE, (scores[index] as number) - best),
    };
  });
}

/** What stable's rate seems to be in this very block: the expectation, corrected by what the block counted. */
export function rateWithin(expected: number, block: ArmBlock): number {
  return (block.bad + SHRINK_BAD) / (block.requests + SHRINK_BAD / expected);
}

function predictions(rate: StableRate): readonly number[] {
  let longer: number | undefined;
  return rate.map(({ requests, bad }) => {
    longer =
      longer === undefined
        ? (bad + PRIOR_BAD) / (requests + PRIOR_BAD + PRIOR_GOOD)
        : (bad + SHRINK_BAD) / (requests + SHRINK_BAD / longer);
    return longer;
  });
}
