import { strategyPath, SWITCHED } from '../argo-strategies.ts';
import { plural } from '../plural.ts';
import { bad } from './preflight-checks.ts';
import type { PlanRules } from './plan-rules.ts';
import type { RolloutFacts } from './preflight-facts.ts';
import type { Check } from './plan.ts';
import { smokeCheck } from './smoke-check.ts';

/**
 * What holds for every release of a Rollout that Argo switches at once. The release owns the weights of the preview
 * Service, and Argo only switches at the end.
 */
export const switchedRules: Pick<PlanRules, 'argo' | 'unfit' | 'more' | 'isAbortSettled'> = {
  argo: SWITCHED,
  unfit: ({ autoPromotion }) =>
    autoPromotion
      ? {
          detail: 'autoPromotionEnabled is on, so Argo would cut over unjudged',
          next: `Set ${strategyPath(SWITCHED)}.autoPromotionEnabled: false.`,
        }
      : undefined,
  more: (rollout, spec) => [...fullPreview(rollout), ...smokeCheck(spec, rollout)],
  // The preview may keep the pods of the aborted version.
  isAbortSettled: ({ stableSelector, stableHash }) => stableSelector === stableHash,
};

/** The weights of the release, or those of a release that names none. */
export const chosenSteps =
  (unnamed: readonly number[]): PlanRules['steps'] =>
  ({ steps: weights = unnamed }) => ({
    steps: weights.map((weight) => ({ weight })),
    detail: `preview weights ${weights.join(', ')}`,
  });

/** The release sends up to 100 % of the traffic to the preview, so it needs as many pods as the active version. */
function fullPreview({ replicas, scaling: { previewReplicas } }: RolloutFacts): readonly Check[] {
  if (previewReplicas === undefined || previewReplicas >= replicas.desired) return [];
  const detail = `previewReplicaCount is ${previewReplicas}: ${plural(previewReplicas, 'pod')} would serve the traffic of ${replicas.desired}`;
  return [bad('preview', detail, `Remove ${strategyPath(SWITCHED)}.previewReplicaCount.`)];
}
