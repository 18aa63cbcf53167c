import { departure, type Observation } from '../domain/release/observe.ts';
import type { Left } from '../domain/release/moves.ts';
import type { WeightProof } from '../domain/release/proof.ts';
import type { Scene } from '../domain/release/scene.ts';
import type { Point, RolloutState } from '../domain/rollout.ts';
import type { Ports } from '../ports/index.ts';
import type { ArmServices, TrafficRef } from '../ports/split.ts';
import type { Refusal, WriteResult } from '../ports/workload.ts';

/** What a strategy gets for a move: the world of the target's cluster, the release as it stands, and how to wait. */
export interface Move {
  readonly world: Ports;
  readonly scene: Scene;
  /** Repeats `look` until it has an answer. The caller cancels it and limits its time. */
  readonly wait: <T>(look: () => Promise<T | undefined>) => Promise<T>;
  /** Receives each weight that was read back. */
  readonly onProof?: (scene: Scene, proof: WeightProof) => void;
}

/** The Rollout as it was read, with the image of the release's container. */
export type Seen = RolloutState & Observation;

/** What differs between the strategies that move traffic between the two Services of a Rollout. */
export interface TrafficRules {
  /** Weight of the new version, in percent, that the Rollout itself reports. Undefined: it reports none. */
  readonly reported: (seen: RolloutState) => number | undefined;
  /** Whether the old version has all traffic again. */
  readonly isBackOnStable: (seen: Observation, stableHash: string) => boolean;
  /** Whether the new version has all users for good although Argo does not call it stable yet. */
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
  return { ...state, image: state.images[scene.plan.container] };
}

/** Why the release must leave what it is doing; undefined while the Rollout is as the release left it. */
export function leftBecause(seen: Observation, { plan, newHash }: Scene): Left | undefined {
  return departure(seen, { toImage: plan.toImage, ...(newHash ? { newHash } : {}) });
}

export function isRefusal(result: WriteResult): result is Refusal {
  return 'refused' in result;
}
