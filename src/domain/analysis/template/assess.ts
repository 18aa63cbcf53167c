import { rounded } from '../value-judges.ts';
import type { Finding, Judged } from '../verdict.ts';
import type { Measurement } from './measure.ts';
import type { ResolvedMetric } from './resolved.ts';

interface Tally {
  readonly successful: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly successesInARow: number;
  readonly errorsInARow: number;
}

const NOTHING: Tally = { successful: 0, failed: 0, inconclusive: 0, successesInARow: 0, errorsInARow: 0 };

/**
 * The result of all measurements of a metric, oldest first (argo-rollouts v1.10.1, analysis/analysis.go,
 * assessMetricStatus). The first limit that is reached is final. As in Argo, errors are not counted. Too many
 * consecutive errors are no-data here, where Argo aborts, so that measuring continues after Prometheus was unreachable.
 */
export function assess(metric: ResolvedMetric, measurements: readonly Measurement[]): Finding {
  let tally = NOTHING;
  for (const measurement of measurements) {
    tally = count(tally, measurement);
    const done = ended(metric, tally);
    if (done) return finding(metric, done.outcome, done.reason, measurement);
  }
  const { outcome, reason } = running(metric, tally, measurements.at(-1));
  return finding(
    metric,
    outcome,
    reason,
    measurements.findLast(({ phase }) => phase !== 'error'),
  );
}

function count(tally: Tally, { phase }: Measurement): Tally {
  if (phase === 'error') return { ...tally, successesInARow: 0, errorsInARow: tally.errorsInARow + 1 };
  return {
    ...tally,
    [phase]: tally[phase] + 1,
    errorsInARow: 0,
    successesInARow: phase === 'successful' ? tally.successesInARow + 1 : 0,
  };
}

interface TemplateStatus {
  readonly outcome: Judged;
  readonly reason: string;
}

const all = ({ successful, failed, inconclusive }: Tally): number => successful + failed + inconclusive;

function ended(metric: ResolvedMetric, tally: Tally): TemplateStatus | undefined {
  const { failureLimit, inconclusiveLimit, consecutiveSuccessLimit } = metric;
  if (tally.inconclusive > inconclusiveLimit)
    return {
      outcome: 'inconclusive',
      reason: `${tally.inconclusive} inconclusive of ${all(tally)}, inconclusiveLimit ${inconclusiveLimit}`,
    };
  if (failureLimit >= 0 && tally.failed > failureLimit)
    return { outcome: 'fail', reason: `${tally.failed} failed of ${all(tally)}, failureLimit ${failureLimit}` };
  if (consecutiveSuccessLimit > 0 && tally.successesInARow >= consecutiveSuccessLimit)
    return { outcome: 'pass', reason: `${tally.successesInARow} successes in a row` };
  return metric.count !== undefined && all(tally) >= metric.count ? counted(metric, tally) : undefined;
}

/** The result when all measurements exist and no limit was reached. */
function counted({ failureLimit, consecutiveSuccessLimit }: ResolvedMetric, tally: Tally): TemplateStatus {
  if (consecutiveSuccessLimit === 0)
    return { outcome: 'pass', reason: `${tally.successful} of ${all(tally)} successful` };
  const reason = `${all(tally)} measurements without ${consecutiveSuccessLimit} successes in a row`;
  return { outcome: failureLimit < 0 ? 'fail' : 'inconclusive', reason };
}

function running(metric: ResolvedMetric, tally: Tally, last: Measurement | undefined): TemplateStatus {
  const why = last?.phase === 'error' ? `: ${last.reason}` : '';
  if (all(tally) === 0) return { outcome: 'no-data', reason: `nothing measured yet${why}` };
  if (tally.errorsInARow > metric.consecutiveErrorLimit)
    return { outcome: 'no-data', reason: `nothing measured ${tally.errorsInARow} times in a row${why}` };
  const sofar = `${tally.successful} of ${all(tally)} successful so far`;
  // Argo ends such a metric with the steps, as a success.
  if (metric.count === undefined && metric.consecutiveSuccessLimit === 0) return { outcome: 'pass', reason: sofar };
  return {
    outcome: 'inconclusive',
    reason: `${sofar}, ${metric.count === undefined ? `${metric.consecutiveSuccessLimit} in a row` : metric.count} needed`,
  };
}

function finding(
  { name, dryRun }: ResolvedMetric,
  outcome: Judged,
  reason: string,
  measurement: Measurement | undefined,
): Finding {
  const [value] = measurement?.values ?? [];
  const shown =
    measurement && measurement.values.length > 0
      ? `, last ${measurement.values.slice(0, 3).map(rounded).join(', ')}`
      : '';
  return {
    metric: name,
    outcome,
    ...(value !== undefined && Number.isFinite(value) ? { measured: value } : {}),
    ...(dryRun ? { dryRun: true as const } : {}),
    reason: `${name}${dryRun ? ' (dry run)' : ''}: ${reason}${shown}`,
  };
}
