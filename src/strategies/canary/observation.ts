import type { Observation } from '../../domain/release/observe.ts';

/** True when the controller has gone on with the newest pods beyond `pauseIndex`, or has made them stable. */
export function isPastPause(seen: Observation, pauseIndex: number): boolean {
  return seen.observed && (seen.stableHash === seen.podHash || (seen.stepIndex ?? 0) > pauseIndex);
}
