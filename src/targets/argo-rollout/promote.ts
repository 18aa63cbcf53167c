import type { Target } from '../../domain/release/target.ts';
import type { WriteResult } from '../../ports/workload.ts';
import type { PatchOperation } from '../../adapters/kubernetes/cluster-client.ts';
import type { Decision } from '../../adapters/kubernetes/guarded-write.ts';
import type { Rollout } from './schema.ts';
import { isObserved } from './view.ts';

export interface CanaryStep {
  readonly podHash: string;
  readonly stepIndex: number;
}

const unchanged = (detail: string): Decision<WriteResult> => ({ done: { changed: false, detail } });
const refused = (detail: string): Decision<WriteResult> => ({ done: { refused: true, detail } });

/**
 * Whether the index is beyond the step, or the whole rollout has finished. A removed pause is no proof: Argo may add it
 * again.
 */
export function isPastStep(rollout: Rollout, at: CanaryStep): boolean {
  const { status } = rollout;
  return (
    status.currentPodHash === at.podHash &&
    (status.stableRS === at.podHash || (status.currentStepIndex ?? -1) > at.stepIndex)
  );
}

export function isActive(rollout: Rollout, podHash: string): boolean {
  const { status } = rollout;
  return (
    status.currentPodHash === podHash && (status.stableRS === podHash || status.blueGreen?.activeSelector === podHash)
  );
}

/**
 * Promote is not idempotent in Argo: without a pause condition, and also under `spec.paused`, it skips a step. So the
 * patch is sent only at the pause that the caller means, and tests everything that was read.
 */
export function decidePromoteCanary(rollout: Rollout, target: Target, at: CanaryStep): Decision<WriteResult> {
  const { status } = rollout;
  const moved = otherHash(rollout, at.podHash);
  if (moved) return moved;
  if (isPastStep(rollout, at)) return unchanged(`${target.rollout} is already past step ${at.stepIndex}`);
  const held = heldBack(rollout, 'CanaryPauseStep');
  if (held) return held;
  if (status.currentStepIndex !== at.stepIndex)
    return refused(`${target.rollout} is at step ${status.currentStepIndex ?? 'none'}, not at ${at.stepIndex}`);
  return {
    patch: [{ op: 'test', path: '/status/currentStepIndex', value: at.stepIndex }, ...endPause(rollout)],
    subresource: 'status',
    done: { changed: true, detail: `the pause at step ${at.stepIndex} of ${target.rollout} was ended` },
  };
}

/** Blue-green has no step index. Its pause is identified by its reason. */
export function decidePromoteBlueGreen(rollout: Rollout, target: Target, podHash: string): Decision<WriteResult> {
  const moved = otherHash(rollout, podHash);
  if (moved) return moved;
  if (isActive(rollout, podHash)) return unchanged(`${podHash} of ${target.rollout} is already active`);
  const held = heldBack(rollout, 'BlueGreenPause');
  if (held) return held;
  return {
    patch: endPause(rollout),
    subresource: 'status',
    done: { changed: true, detail: `${podHash} of ${target.rollout} was made active` },
  };
}

function otherHash(rollout: Rollout, podHash: string): Decision<WriteResult> | undefined {
  if (!isObserved(rollout)) return { wait: 'the controller has not yet seen the present spec' };
  const current = rollout.status.currentPodHash ?? 'none';
  return current === podHash
    ? undefined
    : refused(`the Rollout is at pod hash ${current}, not ${podHash}: another template was set`);
}

/** States in which removing the pause would have another effect, or none. */
function heldBack(rollout: Rollout, reason: string): Decision<WriteResult> | undefined {
  const { spec, status } = rollout;
  if (status.abort) return refused('the Rollout is aborted');
  if (status.promoteFull) return refused('a full promotion is under way');
  if (spec.paused) return refused('the Rollout is paused by hand (spec.paused); a promote would skip a step');
  const reasons = (status.pauseConditions ?? []).map((condition) => condition.reason);
  const foreign = reasons.find((other) => other !== reason);
  if (foreign) return refused(`the Rollout is also paused by ${foreign}, which is not Sluice's to end`);
  if (!status.controllerPause || reasons.length === 0)
    return { wait: 'the controller has not paused the Rollout there' };
  return undefined;
}

function endPause(rollout: Rollout): PatchOperation[] {
  const { status } = rollout;
  const pause = status.pauseConditions?.[0];
  return [
    { op: 'test', path: '/status/currentPodHash', value: status.currentPodHash },
    { op: 'test', path: '/status/controllerPause', value: true },
    { op: 'test', path: '/status/pauseConditions/0/reason', value: pause?.reason },
    { op: 'test', path: '/status/pauseConditions/0/startTime', value: pause?.startTime },
    { op: 'remove', path: '/status/pauseConditions' },
  ];
}
