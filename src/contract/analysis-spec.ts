import type { AnalysisSpec, SequentialSettings } from '../domain/release/plan.ts';
import type { AnalysisFile } from './analysis-file.ts';
import { toMs } from './duration.ts';
import { toMetrics } from './metric-spec.ts';

/** The analysis of a checked release file with every default filled in. */
export function toAnalysis(file: AnalysisFile): AnalysisSpec {
  const sequential = file.judge !== 'limits';
  const successRatio = file.success_ratio ?? (sequential ? undefined : 0.99);
  return {
    soakMs: toMs(file.soak ?? '60s'),
    minRequests: file.min_requests ?? 50,
    ...(successRatio === undefined ? {} : { minSuccessRatio: successRatio }),
    ...(file.p95_ms === undefined ? {} : { maxP95Ms: file.p95_ms }),
    ...quantiles(file),
    holdMs: toMs(file.hold ?? '10m'),
    ...(sequential ? { sequential: toSequential(file) } : {}),
    ...(file.max_verdict_age ? { verdictMaxAgeMs: toMs(file.max_verdict_age) } : {}),
    ...(sequential || file.metrics ? { warmUpMs: toMs(file.warm_up ?? '15s') } : {}),
    ...(file.metrics ? { metrics: toMetrics(file.metrics) } : {}),
    ...policies(file),
    ...(file.extend === undefined ? {} : { extendMs: toMs(file.extend) }),
  };
}

function quantiles({ p50_ms: p50, p90_ms: p90, p99_ms: p99 }: AnalysisFile): Pick<AnalysisSpec, 'maxQuantileMs'> {
  const limits = {
    ...(p50 === undefined ? {} : { 50: p50 }),
    ...(p90 === undefined ? {} : { 90: p90 }),
    ...(p99 === undefined ? {} : { 99: p99 }),
  };
  return Object.keys(limits).length > 0 ? { maxQuantileMs: limits } : {};
}

function toSequential({ alpha = 0.05, margins, slower_than_ms: slowerThanMs }: AnalysisFile): SequentialSettings {
  return {
    alpha,
    errorsMargin: margins?.errors ?? 0.01,
    slowMargin: margins?.slow ?? 0.05,
    ...(slowerThanMs ? { slowerThanMs } : {}),
  };
}

function policies(file: AnalysisFile): Pick<AnalysisSpec, 'policies'> {
  const { on_no_data: noData, on_too_little_traffic: tooLittle, on_inconclusive: inconclusive } = file;
  if ((noData ?? tooLittle ?? inconclusive) === undefined) return {};
  return {
    policies: {
      'no-data': noData ?? 'hold',
      'too-little-traffic': tooLittle ?? 'hold',
      inconclusive: inconclusive ?? 'hold',
    },
  };
}
