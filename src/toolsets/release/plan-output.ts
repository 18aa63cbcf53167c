import { WOULD, type Would } from './running-check.ts';
import { namesOf } from '../../domain/release/approval.ts';
import { phaseText } from '../../domain/release/phase-approvals.ts';
import { z } from 'zod';
import { shownMetric } from '../../contract/metric-spec.ts';
import { compact } from '../../contract/release-view.ts';
import { toDuration } from '../../domain/duration-text.ts';
import type { Outlook } from '../../domain/analysis/outlook/outlook.ts';
import type { Preflight, ReleaseSpec } from '../../domain/release/plan.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';

const check = z.strictObject({ name: z.string(), ok: z.boolean(), detail: z.string(), next: z.string().optional() });

/** How the release would be judged at the current traffic. `takes` is absent if a step would ask for a decision. */
const outlook = z.strictObject({
  compared: z.array(z.string()),
  limits: z.array(z.string()),
  requests_per_second: z.number(),
  steps: z.array(z.strictObject({ weight: z.number(), takes: z.string().optional(), problem: z.string().optional() })),
});

export const planOutput = z.strictObject({
  release_id: z.string(),
  ready: z.boolean().describe('Every check holds.'),
  would: z.enum(WOULD).describe('What release_start with this input would do now.'),
  plan_id: z.string().optional().describe('For release_start, until valid_until.'),
  valid_until: z.string().optional(),
  target: z.strictObject({ cluster: z.string(), namespace: z.string(), rollout: z.string() }),
  strategy: z.string(),
  from_image: z.string().optional(),
  to_image: z.string(),
  weights: z.array(z.number()).describe('In percent.'),
  traefik_service: z.string().optional(),
  limits: z.record(z.string(), z.unknown()),
  outlook: outlook.optional(),
  approval: z.boolean(),
  manual_promotion: z.boolean(),
  auto_rollback: z.boolean(),
  guard: z.string().optional(),
  checks: z.array(check),
});
export type PlanOutput = z.output<typeof planOutput>;

const safe = (text: string): string => maskSecrets(cleanText(text));

export function toPlanOutput(
  id: string,
  spec: ReleaseSpec,
  { checks, plan, would }: Preflight & { readonly would: Would },
  stored?: { readonly plan_id: string; readonly valid_until: string },
  expected?: Outlook,
): PlanOutput {
  return compact({
    release_id: id,
    ready: plan !== undefined,
    would,
    ...stored,
    target: { ...spec.target },
    strategy: spec.strategy,
    from_image: plan && safe(plan.fromImage),
    to_image: spec.image,
    weights: (plan?.steps ?? []).map(({ weight }) => weight),
    traefik_service: plan?.controllerOnly ? undefined : plan?.traefikService,
    limits: plan?.controllerOnly ? withoutCounters(toLimits(spec)) : toLimits(spec),
    outlook: expected && toOutlook(expected),
    approval: spec.approval,
    manual_promotion: spec.manualPromotion,
    auto_rollback: spec.autoRollback,
    guard: spec.guardMs === undefined ? undefined : spec.guardMs === 0 ? 'off' : toDuration(spec.guardMs),
    checks: toChecks(checks),
  });
}

export function toChecks(checks: Preflight['checks']): PlanOutput['checks'] {
  return checks.map(
    (one) =>
      compact({
        name: one.name,
        ok: one.ok,
        detail: safe(one.detail),
        next: one.next === undefined ? undefined : safe(one.next),
      }) as PlanOutput['checks'][number],
  );
}

function toOutlook({ compared, limits, requestsPerSecond, steps }: Outlook): z.output<typeof outlook> {
  return {
    compared: [...compared],
    limits: [...limits],
    requests_per_second: Number(requestsPerSecond.toPrecision(3)),
    steps: steps.map(({ weight, ms, problem }) =>
      compact({ weight, takes: ms === undefined ? undefined : toDuration(ms), problem }),
    ),
  };
}

/** Nothing is counted, so what belongs to counts has no effect. */
function withoutCounters(limits: PlanOutput['limits']): PlanOutput['limits'] {
  const { judge: _judge, min_requests: _requests, alpha: _alpha, margins: _margins, ...rest } = limits;
  return { judge: METRICS_ALONE, ...rest };
}

/** The judge of a release in which nothing is counted. */
export const METRICS_ALONE = 'metrics';

/** Who approves where nobody is named, and callers prove who they are. */
export const ANY_PERSON = 'a person with the permission approve';

function toLimits({
  analysis,
  approval,
  approvalByPerson,
  approvers,
  approvals,
  timeouts,
}: ReleaseSpec): PlanOutput['limits'] {
  const { sequential, policies, warmUpMs, extendMs } = analysis;
  return compact({
    judge: sequential ? 'sequential' : 'limits',
    soak: toDuration(analysis.soakMs),
    min_requests: analysis.minRequests,
    success_ratio: analysis.minSuccessRatio,
    p50_ms: analysis.maxQuantileMs?.[50],
    p90_ms: analysis.maxQuantileMs?.[90],
    p95_ms: analysis.maxP95Ms,
    p99_ms: analysis.maxQuantileMs?.[99],
    metrics: analysis.metrics?.map(shownMetric),
    alpha: sequential?.alpha,
    margins: sequential && { errors: sequential.errorsMargin, slow: sequential.slowMargin },
    slower_than_ms: sequential?.slowerThanMs && [...sequential.slowerThanMs],
    max_verdict_age: analysis.verdictMaxAgeMs === undefined ? undefined : toDuration(analysis.verdictMaxAgeMs),
    warm_up: warmUpMs === undefined ? undefined : toDuration(warmUpMs),
    on_no_data: policies?.['no-data'] ?? 'hold',
    on_too_little_traffic: policies?.['too-little-traffic'] ?? 'hold',
    on_inconclusive: policies?.inconclusive ?? 'hold',
    hold: toDuration(analysis.holdMs),
    extend: extendMs === undefined ? undefined : toDuration(extendMs),
    approvers: approvers ? `${approvers.count} of: ${namesOf(approvers)}` : approvalByPerson && ANY_PERSON,
    approvals: approvals?.map(phaseText),
    approve_within: approval || approvals ? toDuration(timeouts.approvalMs) : undefined,
    answer_within: toDuration(timeouts.decisionMs),
  });
}
