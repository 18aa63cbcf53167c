import { z } from 'zod';
import { compact } from '../../contract/release-view.ts';
import { toDuration } from '../../contract/duration.ts';
import type { Preflight, ReleaseSpec } from '../../domain/release/plan.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';

const check = z.strictObject({ name: z.string(), ok: z.boolean(), detail: z.string(), next: z.string().optional() });

export const planOutput = z.strictObject({
  release_id: z.string().describe('The id that the release will have.'),
  ready: z.boolean().describe('Every check holds: release_start would start it.'),
  target: z.strictObject({ cluster: z.string(), namespace: z.string(), rollout: z.string() }),
  strategy: z.string(),
  from_image: z.string().optional(),
  to_image: z.string(),
  weights: z.array(z.number()).describe('Share of the new version at each stop, in percent.'),
  traefik_service: z.string().optional(),
  limits: z.strictObject({ soak: z.string(), min_requests: z.number(), success_ratio: z.number(), p95_ms: z.number().optional(), hold: z.string() }),
  approval: z.boolean(),
  manual_promotion: z.boolean(),
  auto_rollback: z.boolean(),
  checks: z.array(check),
});
export type PlanOutput = z.output<typeof planOutput>;

const safe = (text: string): string => maskSecrets(cleanText(text));

export function toPlanOutput(id: string, spec: ReleaseSpec, { checks, plan }: Preflight): PlanOutput {
  return compact({
    release_id: id,
    ready: plan !== undefined,
    target: { ...spec.target },
    strategy: spec.strategy,
    from_image: plan && safe(plan.fromImage),
    to_image: spec.image,
    weights: (plan?.steps ?? []).map(({ weight }) => weight),
    traefik_service: plan?.traefikService,
    limits: limits(spec),
    approval: spec.approval,
    manual_promotion: spec.manualPromotion,
    auto_rollback: spec.autoRollback,
    checks: toChecks(checks),
  });
}

export function toChecks(checks: Preflight['checks']): PlanOutput['checks'] {
  return checks.map((one) => compact({ name: one.name, ok: one.ok, detail: safe(one.detail), next: one.next === undefined ? undefined : safe(one.next) }) as PlanOutput['checks'][number]);
}

function limits({ analysis }: ReleaseSpec): PlanOutput['limits'] {
  return compact({
    soak: toDuration(analysis.soakMs),
    min_requests: analysis.minRequests,
    success_ratio: analysis.minSuccessRatio,
    p95_ms: analysis.maxP95Ms,
    hold: toDuration(analysis.holdMs),
  });
}
