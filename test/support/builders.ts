import type { MetricSpec } from '../../src/domain/analysis/metric-spec.ts';
import type { AnalysisSpec, ReleaseSpec, Timeouts } from '../../src/domain/release/plan.ts';

/** A metric of a release file that tells the versions apart by their pods. */
export const ERRORS = {
  kind: 'limit',
  name: 'errors',
  intervalMs: 1_000,
  query: 'errors{hash="{{args.candidate_hash}}"}',
  max: 0.1,
} as const satisfies MetricSpec;

export interface SpecChanges extends Partial<Omit<ReleaseSpec, 'analysis' | 'timeouts'>> {
  readonly analysis?: Partial<AnalysisSpec>;
  readonly timeouts?: Partial<Timeouts>;
}

/** A release that succeeds without commands within milliseconds. Its deadlines are never reached. */
export function releaseSpec(changes: SpecChanges = {}): ReleaseSpec {
  const { analysis, timeouts, ...rest } = changes;
  return {
    target: { cluster: 'dev', namespace: 'shop', rollout: 'shop' },
    image: 'shop:v2',
    strategy: 'canary',
    approval: false,
    manualPromotion: false,
    autoRollback: true,
    restoreTemplate: true,
    guardMs: 0,
    ...rest,
    analysis: { soakMs: 50, minRequests: 20, minSuccessRatio: 0.99, maxP95Ms: 300, holdMs: 60_000, ...analysis },
    timeouts: { stepMs: 60_000, approvalMs: 60_000, decisionMs: 60_000, rollbackMs: 60_000, ...timeouts },
  };
}
