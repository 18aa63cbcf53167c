import type { Result } from '../condition/evaluate.ts';
import { EvaluationProblem } from '../condition/values.ts';
import { conditionOf, type Condition } from './conditions.ts';
import type { ResolvedMetric } from './resolved.ts';

/** One measurement. `error`: nothing was measured, or the conditions cannot be evaluated for the result. */
export interface Measurement {
  /** Epoch ms. */
  readonly at: number;
  readonly phase: 'successful' | 'failed' | 'inconclusive' | 'error';
  readonly values: readonly number[];
  /** Present for an error. */
  readonly reason?: string;
}

export type Measure = (at: number, values: readonly number[]) => Measurement;

/**
 * Returns the function that evaluates a measurement (argo-rollouts v1.10.1, utils/evaluate/evaluate.go). Unlike Argo,
 * an empty result is never a success, NaN is a success only if the condition handles it, and several series are an
 * error because result[0] could be any of them.
 */
export function measuring(metric: ResolvedMetric): Measure {
  const [success, failure] = [metric.successCondition, metric.failureCondition].map((text) =>
    text === undefined ? undefined : conditionOf(text),
  );
  return (at, values) => {
    const error = (reason: string): Measurement => ({ at, phase: 'error', values, reason });
    if (values.length === 0) return error('Prometheus has no data for it');
    if (values.length > 1 && (success?.picks || failure?.picks))
      return error(
        `the query gives ${values.length} series, and result[…] would be any of them; use all(result, # …) or sum(…) in the query`,
      );
    const hasNaN = values.some(Number.isNaN);
    if (hasNaN && !success?.asksNaN && !failure?.asksNaN)
      return error('the query gives NaN, as a ratio does without traffic');
    const phase = phaseOf(metric.scalar ? (values[0] as number) : values, success, failure);
    if (typeof phase !== 'string') return error(phase.reason);
    return phase === 'successful' && values.every(Number.isNaN)
      ? error('the query gives NaN, so nothing was measured, which is not a success')
      : { at, phase, values };
  };
}

function phaseOf(
  result: Result,
  success: Condition | undefined,
  failure: Condition | undefined,
): 'successful' | 'failed' | 'inconclusive' | { readonly reason: string } {
  try {
    const succeeded = success?.holds(result);
    if (failure?.holds(result) ?? succeeded === false) return 'failed';
    return (succeeded ?? true) ? 'successful' : 'inconclusive';
  } catch (cause) {
    if (cause instanceof EvaluationProblem) return { reason: cause.message };
    throw cause;
  }
}
