/** Increase of one arm's counters over a window. */
export interface ArmCounts {
  readonly requests: number;
  /** Bad answers (bad-answer.ts). */
  readonly errors: number;
  /** The requests whose outcome the proxy did not read: gRPC answers with a message. If absent, there are none. */
  readonly unknown?: number;
  /** Cumulative histogram counts: requests that took at most `le` seconds; the last `le` is Infinity. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
}

/**
 * The outcomes of a judge. `no-data`: nothing was measured. `too-little-traffic`: too few requests were measured.
 * `inconclusive`: there are enough requests, but no proof yet.
 */
export const JUDGED = ['pass', 'fail', 'inconclusive', 'too-little-traffic', 'no-data'] as const;
export type Judged = (typeof JUDGED)[number];

/** Order of precedence. A failure decides first, and an unknown outcome prevents a pass. */
const WORST_FIRST: readonly Judged[] = ['fail', 'no-data', 'too-little-traffic', 'inconclusive', 'pass'];

/** The worst of several outcomes. Undefined if there are none. */
export function worst(outcomes: readonly Judged[]): Judged | undefined {
  return WORST_FIRST.find((one) => outcomes.includes(one));
}
export type Outcome = Judged | 'skipped';

/** The outcomes for which a release has a policy. Only `pass` advances a release, and only `fail` fails it. */
export type Open = Exclude<Judged, 'pass' | 'fail'>;

export function isOpen(outcome: Outcome): outcome is Open {
  return outcome === 'inconclusive' || outcome === 'too-little-traffic' || outcome === 'no-data';
}

/** Evidence of one question. e-values are natural logarithms. `bound`: the value that they must reach. */
export interface FindingEvidence {
  readonly worse: number;
  readonly notWorse: number;
  readonly bound: number;
  readonly blocks: number;
  readonly delta: number;
  /** Dispersion of the stable version. At 1 its answers are independent. */
  readonly phi: number;
  readonly candidate: { readonly requests: number; readonly bad: number };
  readonly stable: { readonly requests: number; readonly bad: number };
}

/** The state of one limit or comparison. */
export interface Finding {
  /** `success-ratio`, `p50` to `p99`, `errors`, `slow-300ms`, or the name of a metric of the release file. */
  readonly metric: string;
  readonly outcome: Judged;
  /**
   * A ratio 0…1, milliseconds, or the metric's own unit. For a quantile it is the upper bound of the bucket that holds
   * it.
   */
  readonly measured?: number;
  readonly limit?: number;
  readonly evidence?: FindingEvidence;
  /** The finding is shown but does not decide. */
  readonly dryRun?: true;
  readonly reason: string;
}

/** A judgement of one step. All judges return this form. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly findings: readonly Finding[];
  readonly candidate?: { readonly requests: number; readonly errors: number };
  readonly stable?: { readonly requests: number; readonly errors: number };
  /** Share of requests that the candidate answered, 0…1. */
  readonly measuredShare?: number;
  /** Start of the window, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** When the warm-up ended, if that was after `from` (epoch milliseconds). Nothing is counted before it. */
  readonly countedFrom?: number;
}
