import { SWITCH_PAUSE } from '../argo-strategies.ts';
import type { Observation } from './observe.ts';

/** True when the preview is ready and waits for its promotion. */
export function isHeld(seen: Observation, newHash: string): boolean {
  return seen.observed && seen.podHash === newHash && seen.controllerPause && seen.pauseReasons.includes(SWITCH_PAUSE);
}

/** The preview may keep the bad version, because its weight is 0. */
export function isBackOnStable(seen: Observation, stableHash: string): boolean {
  return seen.stableSelector === stableHash;
}

/**
 * The Rollout reports no weight. Once the active Service selects the new version, all users have it, whether it is
 * stable or not.
 */
export const switchedWeightRules = {
  reported: (): undefined => undefined,
  isBackOnStable,
  isCutOver: (seen: Observation, newHash: string) => seen.stableSelector === newHash && !seen.aborted,
  heldAt: (seen: Observation) => (isHeld(seen, seen.podHash) ? {} : undefined),
};
