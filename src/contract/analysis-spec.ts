import type { AnalysisSpec, SequentialSettings } from '../domain/release/plan.ts';
import type { AnalysisFile } from './analysis-file.ts';
import { toMs } from './duration.ts';

/** The analysis of a checked release file with every default filled in. */
export function toAnalysis(file: AnalysisFile): AnalysisSpec {
  const sequential = file.judge === 'sequential';
  const successRatio = file.success_ratio ?? (sequential ? undefined : 0.99);
  return {
    soakMs: toMs(file.soak ?? '60s'),
    minRequests: file.min_requests ?? 50,
    ...(successRatio === undefined ? {} : { minSuccessRatio: successRatio }),
    ...(file.p95_ms === undefined ? {} : { maxP95Ms: file.p95_ms }),
    holdMs: toMs(file.hold ?? '10m'),
    ...(sequential ? { sequential: toSequential(file), warmUpMs: toMs(file.warm_up ?? '15s') } : {}),
    ...policies(file),
    ...(file.extend === undefined ? {} : { extendMs: toMs(file.extend) }),
  };
}

function toSequential({ alpha = 0.05, margins, slower_than_ms: slowerThanMs }: AnalysisFile): SequentialSettings {
  return { alpha, errorsMargin: margins?.errors ?? 0.01, slowMargin: margins?.slow ?? 0.05, ...(slowerThanMs ? { slowerThanMs } : {}) };
}

function policies(file: AnalysisFile): Pick<AnalysisSpec, 'policies'> {
  const { on_no_data: noData, on_too_little_traffic: tooLittle, on_inconclusive: inconclusive } = file;
  if ((noData ?? tooLittle ?? inconclusive) === undefined) return {};
  return { policies: { 'no-data': noData ?? 'hold', 'too-little-traffic': tooLittle ?? 'hold', inconclusive: inconclusive ?? 'hold' } };
}
