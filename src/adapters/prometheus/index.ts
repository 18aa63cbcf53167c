import { PrometheusDriver } from 'prometheus-query';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { CounterSeries, MetricsPort } from '../../ports/metrics.ts';
import { serviceDurationBuckets, serviceRequests } from './queries.ts';
import { BuildInfo, Failure, Matrix, toSeries, Vector } from './schema.ts';

export interface MetricsOptions {
  /** Base URL, without /api/v1. Absent: every call fails with PROMETHEUS_UNREACHABLE. */
  readonly url?: string;
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * MetricsPort on Prometheus' HTTP API. Samples are fetched raw and differenced by the domain: `increase()` extrapolates
 * and misses the first value of a series. Series of several Traefik replicas stay apart (label `instance`).
 */
export function createMetrics(options: MetricsOptions): MetricsPort {
  const driver = options.url ? newDriver({ ...options, url: options.url }) : undefined;
  return {
    async probe() {
      return { version: await ask(driver, 'status/buildinfo', async (prometheus) => BuildInfo.parse(await prometheus.statusBuildinfo()).version) };
    },
    async query(promql, atMs) {
      const { result } = await ask(driver, promql, async (prometheus) => Vector.parse(await prometheus.instantQuery(promql, atMs)));
      return result.map(({ metric, value }) => ({ labels: metric.labels, value: value.value }));
    },
    queryRange: (promql, { fromMs, toMs, stepMs }) => ask(driver, promql, async (prometheus) => toSeries(Matrix.parse(await prometheus.rangeQuery(promql, fromMs, toMs, stepMs / 1000)))),
    async counters(metricsService, { fromMs, toMs }) {
      // One millisecond more: since Prometheus 3 a range selector leaves its left end out.
      const windowMs = Math.max(1, Math.round(toMs - fromMs) + 1);
      const samples = (query: string) => ask(driver, query, (prometheus) => rawSamples(prometheus, query, toMs));
      const [requests, buckets] = await Promise.all([
        samples(serviceRequests(metricsService, windowMs)),
        samples(serviceDurationBuckets(metricsService, windowMs)),
      ]);
      return { requests, buckets };
    },
  };
}

function newDriver(options: MetricsOptions & { readonly url: string }): PrometheusDriver {
  return new PrometheusDriver({ endpoint: options.url, timeout: options.timeoutMs ?? 5_000, ...(options.headers && { headers: options.headers }) });
}

async function rawSamples(prometheus: PrometheusDriver, query: string, atMs: number): Promise<CounterSeries[]> {
  return toSeries(Matrix.parse(await prometheus.instantQuery(query, atMs)));
}

async function ask<Answer>(driver: PrometheusDriver | undefined, what: string, send: (driver: PrometheusDriver) => Promise<Answer>): Promise<Answer> {
  if (!driver) throw new SluiceError('PROMETHEUS_UNREACHABLE', 'No Prometheus is configured: SLUICE_PROMETHEUS_URL is not set.', { details: { configured: false } });
  try {
    return await send(driver);
  } catch (cause) {
    throw toSluiceError(cause, what);
  }
}

/** Only Prometheus' own refusals are failed queries; a proxy's error page or silence is an absent Prometheus. */
function toSluiceError(cause: unknown, what: string): SluiceError {
  const failure = Failure.safeParse(cause).data;
  const reason = cleanText(maskSecrets(failure?.error ?? (cause instanceof Error ? cause.message : String(cause))), 300);
  if (failure?.errorType === 'http_error') return new SluiceError('QUERY_FAILED', `Prometheus answered ${failure.httpStatus} to ${what}: ${reason}`, { cause });
  if (!failure) return new SluiceError('QUERY_FAILED', `The answer to ${what} is not understood: ${reason}`, { cause });
  const code = failure.code ? ` (${failure.code})` : '';
  return new SluiceError('PROMETHEUS_UNREACHABLE', `Prometheus does not answer${code}: ${reason}`, { cause });
}
