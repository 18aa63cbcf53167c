/** Increase of one arm's counters over a window. */
export interface ArmCounts {
  readonly requests: number;
  /** Bad answers (bad-answer.ts). */
  readonly errors: number;
  /** Of the requests those whose outcome the proxy did not read: gRPC answers with a message. Absent: none. */
  readonly unknown?: number;
  /** Cumulative histogram counts: requests that took at most `le` seconds; the last `le` is Infinity. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
}

/**
 * What a judge can say. `no-data`: nothing was measured. `too-little-traffic`: something, but too few requests.
 * `inconclusive`: enough requests, no proof yet.
 */
export const JUDGED = ['pass', 'fail', 'inconclusive', 'too-little-traffic', 'no-data'] as const;
export type Judged = (typeof JUDGED)[number];

/** Worst first: what fails, fails; what is not known yet keeps from passing. */
const WORST_FIRST: readonly Judged[] = ['fail', 'no-data', 'too-little-traffic', 'inconclusive', 'pass'];

/** The outcome of several together; undefined of none. */
export function worst(outcomes: readonly Judged[]): Judged | undefined {
  return WORST_FIRST.find((one) => outcomes.includes(one));
}
export type Outcome = Judged | 'skipped';

/** The outcomes for which a release has a policy; only pass advances, only fail fails. */
export type Open = Exclude<Judged, 'pass' | 'fail'>;

export function isOpen(outcome: Outcome): outcome is Open {
  return outcome === 'inconclusive' || outcome === 'too-little-traffic' || outcome === 'no-data';
}

/** Evidence of one question. e-values as natural logarithms; `bound`: what they must reach. */
export interface FindingEvidence {
  readonly worse: number;
  readonly notWorse: number;
  readonly bound: number;
  readonly blocks: number;
  readonly delta: number;
  /** Dispersion of the stable version; 1: answers are independent. */
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
   * Ratio 0…1, or milliseconds, or the metric's own unit. For a quantile the upper bound of the bucket that holds it.
   */
  readonly measured?: number;
  readonly limit?: number;
  readonly evidence?: FindingEvidence;
  /** Judged and told, but without a say. */
  readonly dryRun?: true;
  readonly reason: string;
}

/** A judgement of one step. Its interface outlives the fixed limits that make it today. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly findings: readonly Finding[];
  readonly candidate?: { readonly requests: number; readonly errors: number };
  readonly stable?: { readonly requests: number; readonly errors: number };
  /** Share of requests that the candidate answered, 0…1. */
  readonly measuredShare?: number;
  /** Epoch milliseconds of the window. */
  readonly from: number;
  readonly to: number;
}
