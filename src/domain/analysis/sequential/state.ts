import type { ArmBlock } from '../block-test.ts';
import type { TimedBlock } from '../blocks.ts';

/** How one release is judged. It is fixed when the release starts. */
export interface JudgeSpec {
  /** Probability of failing a version that is not worse, over the whole release; and of passing a worse one in a step. */
  readonly alpha: number;
  /** Margins are differences of shares, 0 ≤ δ < 1. */
  readonly errorsMargin: number;
  readonly slowMargin: number;
  /** Bounds of buckets, in ms. An answer that took longer is slow. Empty: latency is not compared. */
  readonly slowerThanMs: readonly number[];
  /** Fewer requests to the new version in a step never pass. */
  readonly minRequests: number;
  /** Epoch ms. Blocks that begin earlier only teach how stable behaves: the time before the release, and its warm-up. */
  readonly startsAt: number;
}

/** A weight that was proved to be in force. */
export interface JudgedStep {
  readonly index: number;
  /** Percent of the traffic for the new version. At 100 the comparison is with stable's past. */
  readonly weight: number;
  /** Epoch ms at which the weight was in force. Blocks that begin earlier prove nothing about this step. */
  readonly from: number;
}

/**
 * The evidence after a stretch of blocks of one proxy replica, for the journal and the report. Stretches are single
 * blocks in the first minutes; afterwards they grow with the age of the release, so that their number stays bounded.
 */
export interface TrailPoint {
  /** Epoch ms at which the last block of the stretch ended. */
  readonly at: number;
  readonly instance: string;
  /** Counts of the stretch, and the logarithms of the e-values after it. */
  readonly questions: Readonly<
    Record<
      string,
      { readonly block: TimedBlock['questions'][string]; readonly worse: number; readonly notWorse: number }
    >
  >;
  /** Natural logarithm of the mean e-value for "worse", over all questions. */
  readonly worse: number;
}

/** Counts of stable in one stretch of time, from which its past is known. */
export interface PastBin extends ArmBlock {
  /** Number of the stretch since the epoch. */
  readonly bin: number;
}
