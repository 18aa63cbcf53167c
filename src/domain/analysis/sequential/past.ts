import type { ArmBlock } from '../block-test.ts';
import { shareInterval } from '../share.ts';

/** Counts of stable in one interval of BIN_MS since the epoch. */
interface PastBin extends ArmBlock {
  readonly bin: number;
}

/** Stable's last hour with traffic, in intervals of five minutes, the oldest first. Plain JSON. */
export type StablePast = readonly PastBin[];

/** The reference for the new version while stable gets no requests. Shares, 0…1. */
export interface Control {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  readonly requests: number;
  readonly bad: number;
}

const BIN_MS = 300_000;
const BINS = 12;
/** Normal quantile of a one-sided 99.5 % bound. */
const Z = 2.576;
/** With fewer intervals drift cannot be estimated. The assumed error of stable's rate is then this part of the rate. */
const ENOUGH_BINS = 4;
const UNKNOWN_DRIFT = 0.5;
/** Minimum rate of a bet. At 0 the logarithms are infinite. */
const MIN_RATE = 1e-6;

/** Adds stable's answers until `at` (epoch ms). Intervals without traffic do not count. */
export function rememberStable(past: StablePast, block: ArmBlock, at: number): StablePast {
  if (block.requests === 0) return past;
  const bin = Math.floor(at / BIN_MS);
  const last = past.at(-1);
  if (last && bin <= last.bin)
    return [
      ...past.slice(0, -1),
      { bin: last.bin, requests: last.requests + block.requests, bad: last.bad + block.bad },
    ];
  return [...past, { bin, requests: block.requests, bad: block.bad }].slice(-BINS);
}

/**
 * Stable's rate with its uncertainty: Wilson's interval of the whole hour, extended on both sides by the drift between
 * intervals beyond what chance explains. `phi`: dispersion. A clump of φ counts as one answer. Undefined without a
 * past.
 */
export function controlOf(past: StablePast, phi: number): Control | undefined {
  const requests = past.reduce((sum, one) => sum + one.requests, 0);
  if (requests === 0) return undefined;
  const bad = past.reduce((sum, one) => sum + one.bad, 0);
  const share = bad / requests;
  const [low, high] = shareInterval(bad / phi, requests / phi, Z);
  const drift = Z * driftOf(past, share, phi);
  return {
    rate: Math.max(share, MIN_RATE),
    low: Math.max(0, low - drift),
    high: Math.min(1, high + drift),
    requests,
    bad,
  };
}

/** Standard deviation of stable's rate between intervals, beyond that of chance. */
function driftOf(past: StablePast, share: number, phi: number): number {
  if (past.length < ENOUGH_BINS) return (UNKNOWN_DRIFT * share) / Z;
  const excess = past.map(
    ({ requests, bad }) => (bad / requests - share) ** 2 - (share * (1 - share) * phi) / requests,
  );
  return Math.sqrt(Math.max(0, excess.reduce((sum, one) => sum + one, 0) / (past.length - 1)));
}

/** The reason why no judge can judge a step, for a plan before the release starts. Undefined where one can. */
export function withoutComparison(step: {
  /** Percent of the traffic for the new version. */
  readonly weight: number;
  /** Requests that stable answered in the past hour. */
  readonly pastRequests: number;
  /** Whether the release file names a limit or a metric of its own. */
  readonly hasLimits: boolean;
}): string | undefined {
  if (step.weight < 100 || step.pastRequests > 0 || step.hasLimits) return undefined;
  return 'At weight 100 the stable version answers nothing, it answered nothing in the past hour, and the release names no limit: nothing can judge this step.';
}
