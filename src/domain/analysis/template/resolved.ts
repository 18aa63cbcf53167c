/**
 * A metric of an AnalysisTemplate with its arguments filled in, as a plan stores it. Fields are Argo's. Times are
 * milliseconds.
 */
export interface ResolvedMetric {
  readonly name: string;
  /** It may still contain `{{args.candidate_hash}}`: the new pods have no hash when a release is planned. */
  readonly query: string;
  /** Whether the query returns one number instead of a list. */
  readonly scalar: boolean;
  /** Time between the starts of two measurements. */
  readonly intervalMs: number;
  readonly initialDelayMs: number;
  /** If absent, measuring continues for as long as the step is held. */
  readonly count?: number;
  readonly successCondition?: string;
  readonly failureCondition?: string;
  /** If negative, failures alone never fail the metric. */
  readonly failureLimit: number;
  readonly inconclusiveLimit: number;
  readonly consecutiveErrorLimit: number;
  /** The value 0 turns the limit off. */
  readonly consecutiveSuccessLimit: number;
  /** The metric is judged and shown, but never decides. */
  readonly dryRun: boolean;
}

/** A template as it was when the release was planned. Later changes to it do not affect the release. */
export interface ResolvedTemplate {
  /** Name of the metric in the release file. */
  readonly name: string;
  readonly template: string;
  readonly metrics: readonly ResolvedMetric[];
}

/** The minimum time until a metric can pass, in milliseconds after the step's weight came into force. */
export function leastMs({ initialDelayMs, intervalMs, count = 1, consecutiveSuccessLimit }: ResolvedMetric): number {
  const measurements = consecutiveSuccessLimit > 0 ? Math.min(count, consecutiveSuccessLimit) : count;
  return initialDelayMs + (measurements - 1) * intervalMs;
}
