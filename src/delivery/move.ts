import { departure, plannedSteps, type Observation } from '../domain/release/observe.ts';
import type { Preempted } from '../domain/release/moves.ts';
import type { WeightProof } from '../domain/release/proof.ts';
import type { Scene } from '../domain/release/scene.ts';
import { imageOf, type Point, type RolloutState } from '../domain/rollout.ts';
import {
  backStep,
  forwardStep,
  newVersion,
  versionName,
  type TemplateStep,
} from '../domain/template/template-change.ts';
import type { Ports } from '../ports/index.ts';
import type { ArmServices, TrafficRef } from '../ports/split.ts';
import type { ImageChange, Refusal, WriteResult } from '../ports/workload.ts';

/** The input of a strategy's move: the world of the target's cluster, the release's current state, and how to wait. */
export interface Move {
  readonly world: Ports;
  readonly scene: Scene;
  /** Repeats `look` until it returns a value. The caller cancels it and limits its time. */
  readonly wait: <T>(look: () => Promise<T | undefined>) => Promise<T>;
  /** Ends calls of the new version when the move is cancelled. */
  readonly signal?: AbortSignal;
  /** Called with each weight that was read back. */
  readonly onProof?: (scene: Scene, proof: WeightProof) => void;
}

/** The Rollout as it was read, with the image of the release's container, or the name of the version (versionName). */
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
  const image = imageOf(state, scene.plan.container);
  if (!scene.plan.template || image === undefined) return { ...state, image };
  return { ...state, image: versionName(image, await world.workload.templateDigest?.(scene.target)) };
}

/** Why the release must stop what it is doing. Undefined while the Rollout is as the release left it. */
export function preemption(seen: Observation, { plan, newHash }: Scene): Preempted | undefined {
  return departure(seen, { toImage: newVersion(plan), ...plannedSteps(plan), ...(newHash ? { newHash } : {}) });
}

/** The change of the template from `from`, or what it has been before the release, to the version of the release. */
export function changeToNew(move: Move, from: string): ImageChange {
  const { toImage: to, furtherImages: further, template } = move.scene.plan;
  return changeOf(move, { from, to, further, template: template && forwardStep(template) });
}

/** The way back, to the version before the release. */
export function changeBack(move: Move, from: string): ImageChange {
  const { fromImage: to, furtherImages, template } = move.scene.plan;
  const further = furtherImages?.map((one) => ({ ...one, from: one.to, to: one.from }));
  return changeOf(move, { from, to, further, template: template && backStep(template) });
}

interface Direction extends Pick<ImageChange, 'from' | 'to'> {
  readonly further: ImageChange['further'] | undefined;
  readonly template: TemplateStep | undefined;
}

function changeOf({ scene, wait }: Move, { from, to, further, template }: Direction): ImageChange {
  const { container, helm, flux } = scene.plan;
  return {
    ...{ container, from, to },
    ...(further && { further }),
    ...(template && { template }),
    ...(helm && { helm, wait }),
    ...(flux && { flux, wait }),
  };
}

/** What a write says of the source of the version. */
export function sourceOf(result: WriteResult): { readonly source?: string } {
  return 'source' in result && result.source !== undefined ? { source: result.source } : {};
}

export function isRefusal<Result extends object>(result: Result | Refusal): result is Refusal {
  return 'refused' in result;
}
