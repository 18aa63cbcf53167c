/** Raw samples of one counter series: [epoch milliseconds, value], ascending. */
export interface CounterSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [number, number])[];
}

/** All counters of one proxied service over a window. */
export interface ServiceCounters {
  /** traefik_service_requests_total, with label `code`. */
  readonly requests: readonly CounterSeries[];
  /** traefik_service_request_duration_seconds_bucket, with label `le` (seconds). */
  readonly buckets: readonly CounterSeries[];
}

/**
 * Prometheus. Errors: PROMETHEUS_UNREACHABLE and PROMETHEUS_DENIED (retryable), QUERY_FAILED, CONFIG_INVALID when a
 * credentials file cannot be read. An empty result is not an error.
 */
export interface EvidencePort {
  /**
   * Labels that every series of this cluster has. They are in each query for counters. Empty if Prometheus holds one
   * cluster.
   */
  readonly matchers: Readonly<Record<string, string>>;
  /** The past may be unknown or coarse, so a plan does not forecast from it. If absent, the past is kept. */
  readonly withoutPast?: true;
  /**
   * Succeeds when Prometheus answers. `aheadMs`: how far its clock is ahead of this one, accurate to about a second.
   * Absent when Prometheus does not report its time.
   */
  probe(): Promise<{ readonly version: string; readonly aheadMs?: number }>;
  /**
   * The values of one PromQL expression at one time (epoch ms). Empty when it has none. NaN and infinities are returned
   * unchanged. A text or a range of samples is QUERY_FAILED.
   */
  query(
    promql: string,
    atMs: number,
  ): Promise<readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]>;
  /** The values of one PromQL expression over time. */
  queryRange(
    promql: string,
    window: { fromMs: number; toMs: number; stepMs: number },
  ): Promise<readonly CounterSeries[]>;
  /** Raw samples in [fromMs, toMs] for the service label. */
  counters(metricsService: string, window: { fromMs: number; toMs: number }): Promise<ServiceCounters>;
}
