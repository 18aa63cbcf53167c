import type { ArmBlock, Block } from '../block-test.ts';
import { clumping, type TimedArm } from '../clumping.ts';

/** Successive differences of one arm's share (dispersion.ts), stored as sums. */
interface Differences {
  readonly last?: ArmBlock;
  readonly squares: number;
  readonly pairs: number;
  readonly total: ArmBlock;
}

/** What is known so far about clumps of bad answers of one question. Plain JSON. */
export interface Clumps {
  /** Dispersion of stable's past. Absent where nothing was bad. */
  readonly past?: number;
  readonly pastBad: number;
  readonly candidate: Differences;
  readonly stable: Differences;
}

/** With fewer bad answers, clumps are unknown. */
const ENOUGH_BAD = 20;
const ENOUGH_PAIRS = 3;
/** The greatest of several estimates for independent answers lies below this. */
const NOISE = 1.5;
/**
 * While clumps are not known well, a clump of ten must not count as ten answers. One block then adds at most this much
 * evidence (natural logarithm), or its evidence at the greatest dispersion that is still likely.
 */
const MAX_UNKNOWN_EVIDENCE = 1.8;
/** Dispersion of clumps with a mean of ten, whose sizes have a geometric distribution. */
const UNKNOWN_PHI = 19;
/** Normal quantile of a one-sided 95 % bound. */
const Z = 1.645;

const NONE: Differences = { squares: 0, pairs: 0, total: { requests: 0, bad: 0 } };

export function clumpsOf(past: readonly TimedArm[]): Clumps {
  const found = clumping(past);
  const pastBad = past.reduce((sum, { bad }) => sum + bad, 0);
  return { ...(found === undefined ? {} : { past: found }), pastBad, candidate: NONE, stable: NONE };
}

/** Adds a block of the release. */
export function watchClumps(clumps: Clumps, block: Block): Clumps {
  return {
    ...clumps,
    candidate: differ(clumps.candidate, block.candidate),
    stable: differ(clumps.stable, block.stable),
  };
}

/** An estimate of the dispersion, and the greatest value that is still likely. Both are equal where enough is known. */
export interface Dispersion {
  readonly phi: number;
  readonly most: number;
}

/**
 * The dispersion that weighs the next block. Stable's past decides where it had enough bad answers, otherwise the
 * release itself.
 */
export function dispersionNow({ past = 1, pastBad, candidate, stable }: Clumps): Dispersion {
  const ofPast = past < NOISE ? 1 : past;
  if (pastBad >= ENOUGH_BAD) return { phi: ofPast, most: ofPast };
  const own = [candidate, stable].flatMap((arm) => dispersionOf(arm) ?? []);
  const phi = Math.max(ofPast, ...own.map((one) => one.phi));
  return { phi, most: Math.max(phi, Math.min(UNKNOWN_PHI, ...own.map((one) => one.most))) };
}

/** Logarithm of the part of an e-value that counts. It is never more than `log`, so the error rate still holds. */
export function weakened(log: number, { phi, most }: Dispersion): number {
  const weighed = log / phi;
  return most > phi && weighed > MAX_UNKNOWN_EVIDENCE ? Math.max(MAX_UNKNOWN_EVIDENCE, log / most) : weighed;
}

function differ({ last, squares, pairs, total }: Differences, block: ArmBlock): Differences {
  if (block.requests === 0) return { ...(last ? { last } : {}), squares, pairs, total };
  const square = last
    ? (block.bad / block.requests - last.bad / last.requests) ** 2 / (1 / block.requests + 1 / last.requests)
    : 0;
  return {
    last: { requests: block.requests, bad: block.bad },
    squares: squares + square,
    pairs: pairs + (last ? 1 : 0),
    total: { requests: total.requests + block.requests, bad: total.bad + block.bad },
  };
}

/** A few differences scatter. Below two standard deviations of independent answers no clumps are assumed. */
function dispersionOf({ squares, pairs, total }: Differences): Dispersion | undefined {
  if (total.bad < ENOUGH_BAD || pairs < ENOUGH_PAIRS || total.bad >= total.requests) return undefined;
  const share = total.bad / total.requests;
  const found = squares / pairs / (share * (1 - share));
  const phi = found >= Math.max(NOISE, 1 + 2 * Math.sqrt(2 / pairs)) ? found : 1;
  return { phi, most: Math.max(1, found) / lowFactor(pairs) };
}

/**
 * How far below the truth an estimate from so many successive differences may lie: the 5 % quantile of χ² divided by
 * its degrees of freedom (Wilson and Hilferty's approximation). Successive differences share answers, so three of them
 * have two degrees of freedom.
 */
function lowFactor(pairs: number): number {
  const part = 2 / (9 * ((2 / 3) * pairs));
  return Math.max(0.02, (1 - part - Z * Math.sqrt(part)) ** 3);
}
