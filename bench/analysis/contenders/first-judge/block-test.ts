/** Requests of one arm and how many of them were bad, in one block or in all blocks together. */
export interface ArmBlock {
  readonly requests: number;
  readonly bad: number;
}

export type Direction = 'worse' | 'not-worse';

/** The counts of both arms between the same two scrapes. */
export interface Block {
  readonly candidate: ArmBlock;
  readonly stable: ArmBlock;
}

/** An e-process: under its null hypothesis the probability that it ever exceeds 1/α is at most α. */
export interface Process {
  /** Natural logarithm of the e-value. */
  readonly logE: number;
  /** All blocks so far. The next prediction is computed from them alone. */
  readonly candidate: ArmBlock;
  readonly stable: ArmBlock;
  readonly blocks: number;
}

export const START: Process = {
  logE: 0,
  candidate: { requests: 0, bad: 0 },
  stable: { requests: 0, bad: 0 },
  blocks: 0,
};

/**
 * Beta prior of the predictions (Turner, Ly & Grünwald, arXiv 2106.02693, §4). It is weak, and its mean is small
 * because errors are rare.
 */
const PRIOR_BAD = 0.18;
const PRIOR_GOOD = 3.4;
const BISECTIONS = 60;

/**
 * Adds one block to the test of "candidate's rate − stable's rate ≤ δ" (`worse`) or of "≥ δ" (`not-worse`). A rejection
 * means that the candidate is worse by more than δ, or proves that it is not. δ is a difference of shares, 0 ≤ δ < 1.
 *
 * The e-value of a block is the likelihood ratio of the rates that earlier blocks predict to the pair (q + δ, q) that
 * fits the prediction best. Given the sizes, its expectation is Aⁿᶜ·Bⁿˢ with n_c·A + n_s·B = n_c + n_s at that q. By
 * the inequality of the means it is at most 1, for any common rate in the block and any split of the traffic. Drift of
 * both arms and changes of weight therefore do no harm. Source: Turner & Grünwald, arXiv 2203.09785 (nulls with a
 * margin).
 *
 * `phi`: how much bad answers clump (dispersion.ts). A clump of φ counts as one answer. This is exact for clumps of one
 * size, otherwise it is an approximation, and bench/analysis prints its error rates.
 */
export function addBlock(process: Process, block: Block, delta: number, direction: Direction, phi = 1): Process {
  const predicted = { candidate: predict(process.candidate), stable: predict(process.stable) };
  const difference = predicted.candidate - predicted.stable;
  const bets = direction === 'worse' ? difference > delta : difference < delta;
  return {
    logE: process.logE + (bets ? logFactor(block, predicted, delta) / phi : 0),
    candidate: add(process.candidate, block.candidate),
    stable: add(process.stable, block.stable),
    blocks: process.blocks + 1,
  };
}

interface Rates {
  readonly candidate: number;
  readonly stable: number;
}

function predict({ requests, bad }: ArmBlock): number {
  return (bad + PRIOR_BAD) / (requests + PRIOR_BAD + PRIOR_GOOD);
}

function logFactor(block: Block, predicted: Rates, delta: number): number {
  // Without requests there is no evidence. The search below would end on the edge, where logarithms are infinite.
  if (block.candidate.requests + block.stable.requests === 0) return 0;
  const q = nearestNull(block, predicted, delta);
  return logRatio(block.candidate, predicted.candidate, q + delta) + logRatio(block.stable, predicted.stable, q);
}

function logRatio({ requests, bad }: ArmBlock, predicted: number, nul: number): number {
  return bad * Math.log(predicted / nul) + (requests - bad) * Math.log((1 - predicted) / (1 - nul));
}

/**
 * The q that minimises n_c·KL(predicted_c ‖ q + δ) + n_s·KL(predicted_s ‖ q). The sum is convex, so its slope is
 * bisected.
 */
function nearestNull({ candidate, stable }: Block, predicted: Rates, delta: number): number {
  let [low, high] = [0, 1 - delta];
  for (let step = 0; step < BISECTIONS; step += 1) {
    const q = (low + high) / 2;
    const slope =
      candidate.requests * slopeOfKl(predicted.candidate, q + delta) + stable.requests * slopeOfKl(predicted.stable, q);
    if (slope > 0) high = q;
    else low = q;
  }
  return (low + high) / 2;
}

/** Derivative of KL(Bernoulli(p) ‖ Bernoulli(x)) with respect to x. */
function slopeOfKl(p: number, x: number): number {
  return (x - p) / (x * (1 - x));
}

function add(a: ArmBlock, b: ArmBlock): ArmBlock {
  return { requests: a.requests + b.requests, bad: a.bad + b.bad };
}
