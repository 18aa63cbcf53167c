/**
 * A metric of an AnalysisTemplate with its arguments filled in, as a plan keeps it. Fields are Argo's; times in
 * milliseconds.
 */
export interface ResolvedMetric {
  readonly name: string;
  /** `{{args.candidate_hash}}` may still be in it: the new pods have no hash yet when a release is planned. */
  readonly query: string;
  /** The query gives one number instead of a list. */
  readonly scalar: boolean;
  /** Between the beginnings of two measurements. */
  readonly intervalMs: number;
  readonly initialDelayMs: number;
  /** Absent: measured for as long as the step is held. */
  readonly count?: number;
  readonly successCondition?: string;
  readonly failureCondition?: string;
  /** Negative: failures alone never fail it. */
  readonly failureLimit: number;
  readonly inconclusiveLimit: number;
  readonly consecutiveErrorLimit: number;
  /** 0: off. */
  readonly consecutiveSuccessLimit: number;
  /** Judged and shown, but it never decides. */
  readonly dryRun: boolean;
}

/** A template as it was when the release was planned; what is written to it later does not touch the release. */
export interface ResolvedTemplate {
  /** Of the metric of the release file. */
  readonly name: string;
  readonly template: string;
  readonly metrics: readonly ResolvedMetric[];
}

/** The least time until a metric can have passed, milliseconds after the step's weight is in force. */
export function leastMs({ initialDelayMs, intervalMs, count = 1, consecutiveSuccessLimit }: ResolvedMetric): number {
  const measurements = consecutiveSuccessLimit > 0 ? Math.min(count, consecutiveSuccessLimit) : count;
  return initialDelayMs + (measurements - 1) * intervalMs;
}
