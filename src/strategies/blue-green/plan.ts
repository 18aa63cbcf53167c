import { bad } from '../../domain/release/preflight-checks.ts';
import type { PlanRules } from '../../domain/release/plan-rules.ts';
import { smokeCheck } from '../../domain/release/smoke-check.ts';
import type { RolloutFacts } from '../../domain/release/preflight-facts.ts';
import type { Check } from '../../domain/release/plan.ts';
import { DEFAULT_STEPS } from '../../contract/chosen-steps.ts';
import { plural } from '../../domain/plural.ts';

/** The release owns the weights of the preview Service. Argo only switches at the end. */
export const rules: PlanRules = {
  argo: 'blue-green',
  unfit: ({ autoPromotion }) =>
    autoPromotion
      ? {
          detail: 'autoPromotionEnabled is on, so Argo would cut over unjudged',
          next: 'Set spec.strategy.blueGreen.autoPromotionEnabled: false.',
        }
      : undefined,
  steps(spec) {
    const weights = spec.steps ?? DEFAULT_STEPS;
    return { steps: weights.map((weight) => ({ weight })), detail: `preview weights ${weights.join(', ')}` };
  },
  more: (rollout, spec) => [...fullPreview(rollout), ...smokeCheck(spec, rollout)],
  // The preview may keep the pods of the aborted version.
  isAbortSettled: ({ stableSelector, stableHash }) => stableSelector === stableHash,
};

/** The release sends up to 100 % of the traffic to the preview, so it needs as many pods as the active version. */
function fullPreview({ replicas, scaling: { previewReplicas } }: RolloutFacts): readonly Check[] {
  if (previewReplicas === undefined || previewReplicas >= replicas.desired) return [];
  const detail = `previewReplicaCount is ${previewReplicas}: ${plural(previewReplicas, 'pod')} would serve the traffic of ${replicas.desired}`;
  return [bad('preview', detail, 'Remove spec.strategy.blueGreen.previewReplicaCount.')];
}
