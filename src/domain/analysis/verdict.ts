/** Increase of one arm's counters over a window. */
export interface ArmCounts {
  readonly requests: number;
  /** Answers with a 5xx status. */
  readonly errors: number;
  /** Cumulative histogram counts: requests that took at most `le` seconds; the last `le` is Infinity. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
}

export type Outcome = 'pass' | 'fail' | 'no-data' | 'skipped';

/** The state of one limit. */
export interface Finding {
  readonly metric: 'success-ratio' | 'p95';
  readonly outcome: 'pass' | 'fail' | 'no-data';
  /** Ratio 0…1, or milliseconds. For p95 the upper bound of the bucket that holds it. */
  readonly measured?: number;
  readonly limit: number;
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
