/** Requests of one arm and how many of them were bad, in one block or in all blocks together. */
export interface ArmBlock {
  readonly requests: number;
  readonly bad: number;
}

/** The counts of both arms between the same two scrapes. */
export interface Block {
  readonly candidate: ArmBlock;
  readonly stable: ArmBlock;
}

/** Shares of bad answers that a bet expects. */
export interface Rates {
  readonly candidate: number;
  readonly stable: number;
}

/** Newton's method converges in about five rounds. A round that leaves the bracket halves the bracket instead. */
const MAX_ROUNDS = 60;
const EXACT = 1e-13;

/**
 * Natural logarithm of the e-value of one block: the likelihood ratio of the expected rates to the pair (q + δ, q) that
 * fits them best.
 *
 * Rates with candidate − stable > δ bet on "worse by more than δ", the others on "not worse by δ". δ is a difference of
 * shares, 0 ≤ δ < 1. The rates must be computed from earlier blocks, or from the block's sizes only.
 *
 * Given the sizes, its expectation is Aⁿᶜ·Bⁿˢ with n_c·A + n_s·B = n_c + n_s at that q. By the inequality of the means
 * it is at most 1, for any common rate in the block and any split of the traffic. Drift of both arms and changes of
 * weight therefore do no harm. Source: Turner & Grünwald, arXiv 2203.09785 (nulls with a margin).
 */
export function logEValue({ candidate, stable }: Block, rates: Rates, delta: number): number {
  // Without requests of one arm the nearest null fits the bet exactly, so no difference can be seen.
  if (candidate.requests === 0 || stable.requests === 0) return 0;
  const q = nearestNull(candidate.requests, stable.requests, rates, delta);
  return logRatio(candidate, rates.candidate, q + delta) + logRatio(stable, rates.stable, q);
}

/** Logarithm of the likelihood ratio of two rates, 0 < rate < 1. */
export function logRatio({ requests, bad }: ArmBlock, expected: number, nul: number): number {
  return bad * Math.log(expected / nul) + (requests - bad) * Math.log((1 - expected) / (1 - nul));
}

/**
 * The q that minimises n_c·KL(r_c ‖ q + δ) + n_s·KL(r_s ‖ q). The sum is convex, and each part has its minimum at an
 * end of the bracket, so the slope of the sum changes its sign inside.
 */
function nearestNull(candidates: number, stables: number, rates: Rates, delta: number): number {
  const ends = [Math.max(0, rates.candidate - delta), rates.stable];
  let [low, high] = [Math.min(...ends), Math.min(Math.max(...ends), 1 - delta)];
  let q = (candidates * (ends[0] as number) + stables * rates.stable) / (candidates + stables);
  for (let round = 0; round < MAX_ROUNDS && high - low > EXACT * high; round += 1) {
    if (!(q > low && q < high)) q = (low + high) / 2;
    const ofCandidate = slopeOfKl(rates.candidate, q + delta);
    const ofStable = slopeOfKl(rates.stable, q);
    const slope = candidates * ofCandidate.slope + stables * ofStable.slope;
    if (slope > 0) high = q;
    else low = q;
    const next = q - slope / (candidates * ofCandidate.curve + stables * ofStable.curve);
    if (Math.abs(next - q) < EXACT * q) return next;
    q = next;
  }
  return q;
}

/** First and second derivative of KL(Bernoulli(p) ‖ Bernoulli(x)) with respect to x. */
function slopeOfKl(p: number, x: number): { slope: number; curve: number } {
  return { slope: (x - p) / (x * (1 - x)), curve: p / x ** 2 + (1 - p) / (1 - x) ** 2 };
}
