import type { RolloutStep } from '../rollout.ts';
import type { RolloutFacts } from './preflight-facts.ts';

/** Number of steps before the first `setWeight` of a Rollout with a hold: the pods and their pause. */
export const HOLD_STEPS = 2;

/**
 * The steps of a canary that is held before its first weight: its pods, an untimed pause, the weight, and the step
 * after which the number of its pods follows its weights. That step comes last, because without a weight it would
 * remove the pods again (argo-rollouts 1.10.1, utils/replicaset/canary.go, UseSetCanaryScale).
 */
export function heldSteps(weights: readonly number[]): readonly Record<string, unknown>[] {
  const [first, ...rest] = weights;
  return [
    { setCanaryScale: { weight: first } },
    { pause: {} },
    { setWeight: first },
    { setCanaryScale: { matchTrafficWeight: true } },
    { pause: {} },
    ...rest.flatMap((setWeight) => [{ setWeight }, { pause: {} }]),
  ];
}

/** Whether the new version gets pods of its own before its first weight, and waits there for a promotion. */
export function beginsHeld([pods, pause]: readonly RolloutStep[]): boolean {
  const { replicas = 0, weight = 0 } = pods?.canaryScale ?? {};
  return replicas + weight > 0 && isUntimedPause(pause);
}

/** Why a hold of a Rollout is no safe one. Undefined if it is. */
export function holdProblem({ steps, replicas: { desired } }: RolloutFacts): string | undefined {
  const [first, , weighted, scale] = steps;
  const weight = weighted?.setWeight;
  if (weight === undefined || scale?.canaryScale?.followsWeight !== true)
    return 'the pause before the first weight is not followed by setWeight and setCanaryScale: { matchTrafficWeight: true }, so later weights would have too few pods';
  const { replicas = 0, weight: pods = 0 } = first?.canaryScale ?? {};
  if (pods >= weight || replicas >= Math.ceil((desired * weight) / 100)) return undefined;
  return `step 0 gives the new version fewer pods than its first weight ${weight} needs`;
}

export function isUntimedPause(step: RolloutStep | undefined): boolean {
  return step?.pause !== undefined && step.pause.seconds === undefined;
}
