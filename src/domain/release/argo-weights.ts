import type { RolloutState } from '../rollout.ts';
import { candidateSelects, stableSelects, type Observation } from './observe.ts';

/** True when the controller holds the canary at `pauseIndex` with the pods of `newHash`. */
export function isHeldAt(seen: Observation, newHash: string, pauseIndex: number): boolean {
  return (
    seen.observed &&
    seen.podHash === newHash &&
    seen.stepIndex === pauseIndex &&
    seen.controllerPause &&
    seen.pauseReasons.includes('CanaryPauseStep')
  );
}

/** After an abort the selector of the candidate changes repeatedly for a while, and Argo still writes weights. */
export function isBackOnStable(seen: Observation, stableHash: string): boolean {
  const isBack = stableSelects(seen, stableHash) && candidateSelects(seen, stableHash);
  return isBack && (seen.canaryWeight ?? 0) === 0;
}

/** Argo writes the weights and reports them. All users have the new version permanently only when it is stable. */
export const argoWeightRules = {
  reported: ({ canaryWeight }: Pick<RolloutState, 'canaryWeight'>): number | undefined => canaryWeight,
  isBackOnStable,
  isCutOver: (): boolean => false,
  heldAt: (seen: Observation): { readonly stepIndex: number } | undefined =>
    seen.stepIndex !== undefined && isHeldAt(seen, seen.podHash, seen.stepIndex)
      ? { stepIndex: seen.stepIndex }
      : undefined,
};
