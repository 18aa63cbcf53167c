import type { AnalysisSpec } from '../release/plan.ts';
import { quantileBounds } from './quantile.ts';
import { GRPC_BLIND, unknownShare } from './unseen.ts';
import { worst, type ArmCounts, type Finding, type Verdict } from './verdict.ts';
import { plural } from '../plural.ts';

/** The input of a judge for one step. `from`/`to`: the window in epoch milliseconds. */
export interface StepCounts {
  readonly candidate: ArmCounts;
  readonly stable: ArmCounts;
  readonly from: number;
  readonly to: number;
}

/**
 * Judges the candidate against the release's fixed limits. One failing limit fails the step. Otherwise the least
 * certain finding decides. Only a pass may advance a release.
 */
export function judgeLimits(limits: AnalysisSpec, counts: StepCounts): Verdict {
  const findings = [
    ...successRatio(limits, counts.candidate),
    ...QUANTILES.flatMap((percent) => latency(percent, limits, counts.candidate)),
  ];
  const outcome = worst(findings.map((finding) => finding.outcome)) ?? 'pass';
  return {
    outcome,
    reason: findings
      .filter((finding) => finding.outcome === outcome)
      .map((finding) => finding.reason)
      .join('; '),
    findings,
    candidate: { requests: counts.candidate.requests, errors: counts.candidate.errors },
    stable: { requests: counts.stable.requests, errors: counts.stable.errors },
    ...share(counts),
    from: counts.from,
    to: counts.to,
  };
}

function successRatio({ minSuccessRatio: limit, ...limits }: AnalysisSpec, arm: ArmCounts): Finding[] {
  if (limit === undefined) return [];
  const base = { metric: 'success-ratio', limit } as const;
  if (tooFew(limits, arm)) return [{ ...base, ...tooFewOf(limits, arm) }];
  // The true share is between the two bounds: an unknown answer may be good or bad.
  const measured = 1 - arm.errors / arm.requests;
  const least = measured - unknownShare(arm);
  const figures = `${inPercent(measured)} of ${Math.round(arm.requests)} requests`;
  if (measured >= limit && least < limit)
    return [
      {
        ...base,
        outcome: 'no-data',
        measured: least,
        reason: `success ratio between ${inPercent(least)} and ${figures}, limit ${inPercent(limit)}: ${GRPC_BLIND}`,
      },
    ];
  return [
    {
      ...base,
      outcome: measured >= limit ? 'pass' : 'fail',
      measured,
      reason: `success ratio ${figures}, limit ${inPercent(limit)}`,
    },
  ];
}

const QUANTILES = ['50', '90', '95', '99'] as const;
type Quantile = (typeof QUANTILES)[number];

function latency(percent: Quantile, limits: AnalysisSpec, arm: ArmCounts): Finding[] {
  const limit = percent === '95' ? limits.maxP95Ms : limits.maxQuantileMs?.[percent];
  if (limit === undefined) return [];
  const base = { metric: `p${percent}`, limit };
  if (tooFew(limits, arm)) return [{ ...base, ...tooFewOf(limits, arm) }];
  const bounds = quantileBounds(arm.buckets, Number(percent) / 100);
  if (!bounds) return [{ ...base, outcome: 'no-data', reason: 'no latency histogram of the new version' }];
  return [{ ...base, ...judgeBounds(base.metric, bounds, limit) }];
}

/**
 * Passes when the whole bucket is within the limit, and fails when it is beyond the limit. A limit inside the bucket
 * cannot be decided.
 */
function judgeBounds(
  name: string,
  bounds: { lower: number; upper: number },
  limitMs: number,
): Omit<Finding, 'metric' | 'limit'> {
  const [lower, upper] = [bounds.lower * 1000, bounds.upper * 1000];
  const text = Number.isFinite(upper) ? `${name} in (${lower}, ${upper}] ms` : `${name} above ${lower} ms`;
  const measured = Number.isFinite(upper) ? upper : lower;
  if (upper <= limitMs) return { outcome: 'pass', measured, reason: `${text}, limit ${limitMs} ms` };
  if (lower >= limitMs) return { outcome: 'fail', measured, reason: `${text}, limit ${limitMs} ms` };
  return {
    outcome: 'inconclusive',
    measured,
    reason: `${text}: the limit ${limitMs} ms is inside this bucket, so the histogram cannot decide`,
  };
}

function tooFew(limits: Pick<AnalysisSpec, 'minRequests'>, arm: ArmCounts): boolean {
  return arm.requests < Math.max(1, limits.minRequests);
}

function tooFewOf(limits: Pick<AnalysisSpec, 'minRequests'>, arm: ArmCounts): Pick<Finding, 'outcome' | 'reason'> {
  const outcome = arm.requests > 0 ? 'too-little-traffic' : 'no-data';
  return {
    outcome,
    reason: `${plural(Math.round(arm.requests), 'request')} to the new version, ${Math.max(1, limits.minRequests)} needed`,
  };
}

function share(counts: StepCounts): { measuredShare?: number } {
  const all = counts.candidate.requests + counts.stable.requests;
  return all > 0 ? { measuredShare: counts.candidate.requests / all } : {};
}

function inPercent(ratio: number): string {
  return `${(ratio * 100).toFixed(2)} %`;
}
