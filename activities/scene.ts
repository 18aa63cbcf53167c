import { departure, type Observation } from '../src/domain/release/observe.ts';
import type { ReleasePlan, Strategy } from '../src/domain/release/plan.ts';
import type { Owner, Target } from '../src/domain/release/target.ts';
import type { Ports } from '../src/ports/index.ts';
import type { Refusal, WriteResult } from '../src/ports/workload.ts';
import type { RolloutState } from '../src/domain/rollout.ts';
import type { ArmServices, TrafficRef } from '../src/ports/split.ts';

/** What every activity after preflight is told: the target, the fixed plan, and who acts. */
export interface Scene {
  readonly target: Target;
  readonly strategy: Strategy;
  readonly plan: ReleasePlan;
  readonly owner: Owner;
  /** Known once the controller has named the new ReplicaSet. */
  readonly newHash?: string;
  /** Index of the present step, for the record. Absent in releases of older versions. */
  readonly step?: number;
}

/** The Rollout as it was read, with the image of the release's container. */
export type Seen = RolloutState & Observation;

/** The release's version is no longer what the Rollout is asked to run, or somebody else stopped it. */
export interface Left {
  readonly kind: 'superseded' | 'aborted-elsewhere';
  readonly detail: string;
}

export function trafficRef({ target, plan }: Scene): TrafficRef {
  return { cluster: target.cluster, namespace: target.namespace, name: plan.traefikService };
}

export function armServices({ plan }: Scene): ArmServices {
  return { stable: plan.stable.service, candidate: plan.candidate.service };
}

export async function observe(ports: Ports, scene: Scene): Promise<Seen> {
  const view = await ports.workload.read(scene.target);
  return { ...view, image: view.images[scene.plan.container] };
}

/** Why the release must leave what it is doing; undefined while the Rollout is as the release left it. */
export function leftBecause(seen: Observation, { plan, newHash }: Scene): Left | undefined {
  return departure(seen, { toImage: plan.toImage, ...(newHash ? { newHash } : {}) });
}

export function isRefusal(result: WriteResult): result is Refusal {
  return 'refused' in result;
}
