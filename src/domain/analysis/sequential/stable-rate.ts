import type { ArmBlock } from '../block-test.ts';

/** Counts with exponential decay: after its half-life half of them is left. */
interface Memory extends ArmBlock {
  /** Logarithm of the quality of its recent predictions. */
  readonly score: number;
}

/**
 * What is known of stable's share of bad answers, as plain JSON. There is one memory for each half-life, the longest
 * first.
 */
export type StableRate = readonly Memory[];

const HALF_LIVES_MS = [3_600_000, 150_000, 15_000];
/** Half-life of a prediction's influence on the choice between memories. */
const SCORE_HALF_LIFE_MS = 300_000;
/**
 * Beta prior (Turner, Ly & Grünwald, arXiv 2106.02693, §4). It is weak, and its mean is small because errors are rare.
 */
const PRIOR_BAD = 0.18;
const PRIOR_GOOD = 3.4;
/** A memory begins at the rate of the next longer one, with the weight of this many bad answers. */
const SHRINK_BAD = 4;
/** Minimum score, so that a memory that predicted badly can recover. */
const WORST_SCORE = -6;

export const UNKNOWN_RATE: StableRate = HALF_LIVES_MS.map((_, index) => ({ requests: 0, bad: 0, score: -index }));

/**
 * Stable's expected share of bad answers in the next block, from earlier blocks. It is a mixture of memories of an
 * hour, of minutes and of seconds, weighted by how well each one predicted stable recently. It follows a wave of errors
 * in both versions.
 */
export function expectedRate(rate: StableRate): number {
  const shares = rate.map(({ score }) => Math.exp(score));
  const sum = shares.reduce((total, one) => total + one, 0);
  return predictions(rate).reduce((mean, one, index) => mean + (one * (shares[index] as number)) / sum, 0);
}

/** The memories after a block of stable. `phi`: dispersion. `ms`: time since the previous block. */
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

/** Stable's estimated rate in this block: the expectation, corrected by the block's counts. */
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
