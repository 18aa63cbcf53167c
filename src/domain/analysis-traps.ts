/** A metric as Argo's analysis controller evaluates it. */
export interface JudgedMetric {
  readonly query: string;
  readonly address?: string | undefined;
  readonly interval?: string | undefined;
  readonly count?: number | undefined;
  readonly success_condition?: string | undefined;
  readonly failure_condition?: string | undefined;
  readonly failure_limit?: number | undefined;
  readonly inconclusive_limit?: number | undefined;
}

export interface Trap {
  readonly field: keyof JudgedMetric;
  readonly message: string;
}

type Rule = (metric: JudgedMetric, background: boolean) => Trap | undefined;
const trap = (when: boolean, field: keyof JudgedMetric, message: string): Trap | undefined =>
  when ? { field, message } : undefined;
const conditions = ({ success_condition: success, failure_condition: failure }: JudgedMetric): string[] =>
  [success, failure].filter((text) => text !== undefined);

const measurements = ({ count, interval }: JudgedMetric): number => count ?? (interval === undefined ? 1 : Infinity);

/**
 * Source of all rules: argo-rollouts v1.10.1, utils/analysis/factory.go (validation), utils/evaluate/evaluate.go,
 * analysis/analysis.go.
 */
const REFUSED: readonly Rule[] = [
  (metric) =>
    trap(
      conditions(metric).length === 0,
      'success_condition',
      'without a condition Argo counts every measurement as a success; give success_condition, best with failure_condition',
    ),
  ({ interval, count }, background) =>
    trap(
      interval !== undefined && count === undefined && !background,
      'count',
      'an interval without count never ends, so a step would wait without end; give count, or background: true when only background analysis uses it',
    ),
  ({ interval, count = 1 }) =>
    trap(count > 1 && interval === undefined, 'interval', 'Argo refuses more than one measurement without an interval'),
  (metric) =>
    trap(
      (metric.failure_limit ?? 0) >= measurements(metric),
      'failure_limit',
      `with ${measurements(metric)} measurements it could never fail; it must be below count`,
    ),
  (metric) =>
    trap(
      (metric.inconclusive_limit ?? 0) >= measurements(metric),
      'inconclusive_limit',
      `with ${measurements(metric)} measurements it could never be inconclusive; it must be below count`,
    ),
  // Comparisons with NaN are false. With a failure condition alone, "no traffic" is therefore a success.
  ({ success_condition: success, failure_condition: failure }) =>
    trap(
      failure !== undefined && success === undefined && !failure.includes('isNaN('),
      'failure_condition',
      'alone it counts NaN (a ratio without traffic) as a success; add success_condition, or begin with isNaN(result[0]) ||',
    ),
  ({ success_condition: success }) =>
    trap(
      success !== undefined && /len\(\s*result\s*\)\s*(==\s*0|<\s*1|<=\s*0)/.test(success),
      'success_condition',
      'it counts an empty result as a success; if none means zero, write "or vector(0)" into the query',
    ),
  ({ address }) =>
    trap(
      address !== undefined && !/^https?:\/\/[^\s/@?#]+(\/[^\s?#@]*)?$/.test(address),
      'address',
      'must be a URL such as http://prometheus.monitoring:9090, without credentials',
    ),
];

const REPORTED: readonly Rule[] = [
  (metric) =>
    trap(
      conditions(metric).some((text) => text.includes('result[0]')) && !/\bor\s+vector\(|\bscalar\(/.test(metric.query),
      'query',
      'an empty result is an error, and five errors in a row abort the Rollout; if none means zero, write "or vector(0)" into the query',
    ),
  ({ success_condition: success, failure_condition: failure }) =>
    trap(
      success !== undefined && failure === undefined && !success.includes('isNaN('),
      'success_condition',
      'alone it counts NaN (a ratio without traffic) as a failure; with a failure_condition beside it, NaN is inconclusive and the Rollout pauses',
    ),
  (metric) =>
    trap(
      conditions(metric).some((text) => /\bresult\s*[<>=!]/.test(text)) && !/^\s*scalar\(/.test(metric.query),
      'success_condition',
      'result is a list unless the query begins with scalar(: write result[0]',
    ),
  ({ address }) =>
    trap(
      address === undefined,
      'address',
      'without it Argo asks the Prometheus in the ARGO_ROLLOUTS_PROMETHEUS_ADDRESS of its controller',
    ),
];

const found = (rules: readonly Rule[], metric: JudgedMetric, background: boolean): Trap[] =>
  rules.map((rule) => rule(metric, background)).filter((each) => each !== undefined);

/**
 * Traps because of which Argo reports a success, or waits without end, although nothing was judged. A release refuses
 * them.
 */
export const refusedTraps = (metric: JudgedMetric, background: boolean): Trap[] => found(REFUSED, metric, background);

/** Traps that work, but with a surprising meaning. A release reports them. */
export const reportedTraps = (metric: JudgedMetric): Trap[] => found(REPORTED, metric, false);
