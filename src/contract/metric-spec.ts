import { armQuery } from '../domain/analysis/query-arguments.ts';
import type { MetricSpec } from '../domain/analysis/metric-spec.ts';
import { toMs } from './duration.ts';
import { toDuration } from '../domain/duration-text.ts';
import { toMetricFile, type MetricFile } from './metric-file.ts';
import { compact } from './release-view.ts';

/** The metrics of a checked release file with every default filled in. */
export function toMetrics(metrics: readonly unknown[]): readonly MetricSpec[] {
  return metrics.map((metric) => toMetric(toMetricFile(metric as Readonly<Record<string, unknown>>)));
}

function toMetric(file: MetricFile): MetricSpec {
  if (file.kind === 'template')
    return {
      kind: 'template',
      name: file.name,
      template: file.template,
      clusterScope: file.cluster_scope ?? false,
      args: file.args ?? {},
    };
  const measured = { name: file.name, intervalMs: toMs(file.interval ?? '15s') };
  if (file.kind === 'limit')
    return compact({ kind: file.kind, ...measured, query: file.query, min: file.min, max: file.max });
  const arms = {
    candidateQuery: armQuery(file.query, 'candidate'),
    stableQuery: armQuery(file.stable_query ?? file.query, 'stable'),
  };
  if (file.kind === 'pair')
    return compact({ kind: file.kind, ...measured, ...arms, maxRatio: file.max_ratio, maxIncrease: file.max_increase });
  return {
    kind: file.kind,
    ...measured,
    ...arms,
    worse: file.worse ?? 'higher',
    confidence: file.confidence ?? 0.98,
    tolerance: file.tolerance ?? 0.25,
    minSamples: file.min_samples ?? 10,
  };
}

/** A metric as a plan shows it. */
export function shownMetric(metric: MetricSpec): Readonly<Record<string, unknown>> {
  if (metric.kind === 'template')
    return {
      name: metric.name,
      kind: metric.kind,
      template: metric.template,
      cluster_scope: metric.clusterScope,
      args: metric.args,
    };
  const measured = { name: metric.name, kind: metric.kind, interval: toDuration(metric.intervalMs) };
  if (metric.kind === 'limit') return compact({ ...measured, query: metric.query, min: metric.min, max: metric.max });
  const arms = { query: metric.candidateQuery, stable_query: metric.stableQuery };
  if (metric.kind === 'pair')
    return compact({ ...measured, ...arms, max_ratio: metric.maxRatio, max_increase: metric.maxIncrease });
  return {
    ...measured,
    ...arms,
    worse: metric.worse,
    confidence: metric.confidence,
    tolerance: metric.tolerance,
    min_samples: metric.minSamples,
  };
}
