import type { PlanRules } from '../../domain/release/preflight-checks.ts';
import { DEFAULT_STEPS } from './file.ts';

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
  more: () => [],
  // The preview may keep the pods of the aborted version.
  isAbortSettled: ({ stableSelector, stableHash }) => stableSelector === stableHash,
};
