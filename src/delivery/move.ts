import { departure, type Observation } from '../domain/release/observe.ts';
import type { Preempted } from '../domain/release/moves.ts';
import type { WeightProof } from '../domain/release/proof.ts';
import type { Scene } from '../domain/release/scene.ts';
import { imageOf, type Point, type RolloutState } from '../domain/rollout.ts';
import type { Ports } from '../ports/index.ts';
import type { ArmServices, TrafficRef } from '../ports/split.ts';
import type { ImageChange, Refusal, WriteResult } from '../ports/workload.ts';

/** The input of a strategy's move: the world of the target's cluster, the release's current state, and how to wait. */
export interface Move {
  readonly world: Ports;
  readonly scene: Scene;
  /** Repeats `look` until it returns a value. The caller cancels it and limits its time. */
  readonly wait: <T>(look: () => Promise<T | undefined>) => Promise<T>;
  /** Called with each weight that was read back. */
  readonly onProof?: (scene: Scene, proof: WeightProof) => void;
}

/** The Rollout as it was read, with the image of the release's container. */
export type Seen = RolloutState & Observation;

/** The differences between strategies that move traffic between the two Services of a Rollout. */
export interface TrafficRules {
  /** Weight of the new version in percent, as the Rollout itself reports it. Undefined if it reports none. */
  readonly reported: (seen: RolloutState) => number | undefined;
  /** Whether the old version has all traffic again. */
  readonly isBackOnStable: (seen: Observation, stableHash: string) => boolean;
  /** Whether all users have the new version permanently, although Argo does not report it as stable yet. */
  readonly isCutOver: (seen: Observation, newHash: string) => boolean;
  /** The pause at which the version in the template is held; undefined: it is not held. */
  readonly heldAt: (seen: Observation) => Omit<Point, 'podHash'> | undefined;
}

export function trafficRef({ target, plan }: Scene): TrafficRef {
  return { cluster: target.cluster, namespace: target.namespace, name: plan.traefikService };
}

export function armServices({ plan }: Scene): ArmServices {
  return { stable: plan.stable.service, candidate: plan.candidate.service };
}

export async function readTarget({ world, scene }: Move): Promise<Seen> {
  const state = await world.workload.read(scene.target);
  return { ...state, image: imageOf(state, scene.plan.container) };
}

/** Why the release must stop what it is doing. Undefined while the Rollout is as the release left it. */
export function preemption(seen: Observation, { plan, newHash }: Scene): Preempted | undefined {
  return departure(seen, { toImage: plan.toImage, steps: plan.steps, ...(newHash ? { newHash } : {}) });
}

/** The change of the released container from one image to another, and of those that change with it. */
export function imageChange({ scene, wait }: Move, from: string, to: string): ImageChange {
  const { container, toImage, furtherImages, helm, flux } = scene.plan;
  const further =
    to === toImage ? furtherImages : furtherImages?.map((one) => ({ ...one, from: one.to, to: one.from }));
  return {
    ...{ container, from, to },
    ...(further && { further }),
    ...(helm && { helm, wait }),
    ...(flux && { flux, wait }),
  };
}

/** What a write says of the source of the version. */
export function sourceOf(result: WriteResult): { readonly source?: string } {
  return 'source' in result && result.source !== undefined ? { source: result.source } : {};
}

export function isRefusal(result: WriteResult): result is Refusal {
  return 'refused' in result;
}
