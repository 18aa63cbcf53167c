import type { PrometheusDriver } from 'prometheus-query';
import type { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { SERVICE_LABELS, type ServiceLabel } from '../../domain/analysis/counter-selectors.ts';
import type { CounterSeries, EvidencePort, ServiceCounters } from '../../ports/evidence.ts';
import type { Connection } from './connection.ts';
import { createAsk, type Ask } from './driver.ts';
import { serviceDurationBuckets, serviceRequests } from './queries.ts';
import { BuildInfo, Instant, Matrix, toSeries } from './schema.ts';

export type { Connection, Secret } from './connection.ts';

/** Without `url` every call fails with PROMETHEUS_UNREACHABLE. */
export type MetricsOptions = Omit<Connection, 'url'> & {
  readonly url?: string;
  /** Labels of every series of the cluster. */
  readonly matchers?: Readonly<Record<string, string>>;
};

/**
 * EvidencePort on Prometheus' HTTP API. It fetches raw samples, and the domain computes differences, because
 * `increase()` extrapolates and misses the first value of a series. Series of several Traefik replicas stay separate
 * (label `instance`).
 */
export function createEvidence({ url, matchers = {}, ...options }: MetricsOptions): EvidencePort {
  const ask = url === undefined ? nowhere : createAsk({ ...options, url });
  return {
    matchers,
    probe: async () => (url === undefined ? nowhere() : probe({ ...options, url })),
    query: (promql, atMs) =>
      ask(promql, async (prometheus) => values(promql, Instant.parse(await prometheus.instantQuery(promql, atMs)))),
    queryRange: (promql, { fromMs, toMs, stepMs }) =>
      ask(promql, async (prometheus) =>
        toSeries(Matrix.parse(await prometheus.rangeQuery(promql, fromMs, toMs, stepMs / 1000))),
      ),
    async counters(metricsService, { fromMs, toMs }) {
      // The range is one millisecond longer, because since Prometheus 3 a range selector excludes its left end.
      const windowMs = Math.max(1, Math.round(toMs - fromMs) + 1);
      const samples = (query: string) => ask(query, (prometheus) => rawSamples(prometheus, query, toMs));
      const under = async (label: ServiceLabel): Promise<ServiceCounters> => {
        const [requests, buckets] = await Promise.all([
          samples(serviceRequests(metricsService, windowMs, label, matchers)),
          samples(serviceDurationBuckets(metricsService, windowMs, label, matchers)),
        ]);
        return { requests, buckets };
      };
      const [usual, renamed] = SERVICE_LABELS;
      const found = await under(usual);
      return found.requests.length + found.buckets.length > 0 ? found : under(renamed);
    },
  };
}

const nowhere = (): Promise<never> =>
  Promise.reject(
    new SluiceError('PROMETHEUS_UNREACHABLE', 'No Prometheus is configured: SLUICE_PROMETHEUS_URL is not set.', {
      details: { configured: false },
    }),
  );

/** The Date header gives the server's clock in whole seconds. It is compared with the middle of the exchange. */
async function probe(connection: Connection): ReturnType<EvidencePort['probe']> {
  let date: number | undefined;
  const ask = createAsk(connection, (atMs) => (date = atMs));
  const began = Date.now();
  const version = await versionOf(ask);
  const middle = (began + Date.now()) / 2;
  return { version, ...(date !== undefined && { aheadMs: Math.round(date + 500 - middle) }) };
}

/** Some servers that support PromQL do not report their version. */
async function versionOf(ask: Ask): Promise<string> {
  try {
    return await ask(
      'status/buildinfo',
      async (prometheus) => BuildInfo.parse(await prometheus.statusBuildinfo()).version,
    );
  } catch (error) {
    if (!(error instanceof SluiceError && error.details['status'] === 404)) throw error;
    await ask('vector(1)', async (prometheus) => Instant.parse(await prometheus.instantQuery('vector(1)')));
    return 'unknown';
  }
}

async function rawSamples(prometheus: PrometheusDriver, query: string, atMs: number): Promise<CounterSeries[]> {
  return toSeries(Matrix.parse(await prometheus.instantQuery(query, atMs)));
}

/** A scalar is one value without labels. */
function values(promql: string, answer: z.infer<typeof Instant>): Awaited<ReturnType<EvidencePort['query']>> {
  if (answer.resultType === 'vector')
    return answer.result.map(({ metric, value }) => ({ labels: metric.labels, value: value.value }));
  if (answer.resultType === 'scalar')
    return [{ labels: {}, value: Number.parseFloat(answer.result[1].replace('Inf', 'Infinity')) }];
  const next =
    answer.resultType === 'string'
      ? 'Write an expression that gives a number.'
      : 'Write an expression that gives one number at one moment: put a function such as rate() or max_over_time() around the range.';
  throw new SluiceError(
    'QUERY_FAILED',
    `${promql} gives ${answer.resultType === 'string' ? 'a text' : 'a range of samples'}, not a number.`,
    { next },
  );
}
