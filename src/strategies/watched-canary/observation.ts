import type { Observation } from '../../domain/release/observe.ts';
import type { PlanStep } from '../../domain/release/plan.ts';

/** True when Argo has set the weight of `step` for the pods of `newHash`, and is still at it. */
export function isAt(seen: Observation, newHash: string, { weight, watched }: PlanStep): boolean {
  const { stepIndex } = seen;
  if (!watched || stepIndex === undefined || !seen.observed || seen.podHash !== newHash) return false;
  // Without a router Argo reports no weight: it goes on from a setWeight step when the pods are there.
  const isSet = seen.canaryWeight === undefined || seen.canaryWeight === weight;
  return isSet && stepIndex > watched.first && stepIndex <= watched.last;
}

/** True when Argo has gone on from the weight of `step`, or the newest version is the stable one already. */
export function isBeyond(seen: Observation, { watched }: PlanStep): boolean {
  if (!seen.observed) return false;
  return seen.stableHash === seen.podHash || (watched !== undefined && (seen.stepIndex ?? 0) > watched.last);
}

/** True when Argo has set the first weight of the newest version. */
export function hasFirstWeight(seen: Observation, { watched }: PlanStep): boolean {
  return seen.observed && watched !== undefined && (seen.stepIndex ?? 0) > watched.first;
}
