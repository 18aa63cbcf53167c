import { POD_HASH_LABEL } from '../../domain/rollout.ts';
import { plural } from '../../domain/plural.ts';
import type { ReplicaSet, Rollout } from './schema.ts';

/** Keys of trafficRouting that are settings, not routers. */
const SETTINGS = ['managedRoutes', 'maxTrafficWeight'];

/** Available pods of the stable version, and of every other one. */
export interface Pods {
  readonly stable: number;
  readonly other: number;
}

/** What Argo's status says of the new version's share of the traffic. */
export interface Report {
  /** Percent. */
  readonly weight: number;
  /** The same for people, with the pods. A clause without an end. */
  readonly text: string;
}

export function podsOf({ metadata, status }: Rollout, sets: readonly ReplicaSet[]): Pods {
  const own = sets.filter((set) => set.metadata.ownerReferences.some(({ uid }) => uid === metadata.uid));
  const sum = (some: readonly ReplicaSet[]) => some.reduce((total, one) => total + one.status.availableReplicas, 0);
  const stable = own.filter((set) => set.metadata.labels[POD_HASH_LABEL] === status.stableRS);
  return { stable: sum(stable), other: sum(own) - sum(stable) };
}

/**
 * With a router Argo writes the weight into its status. Without one it writes none: the step index says which weight is
 * reached, and outside an update the pods say it.
 */
export function reportOf(rollout: Rollout, pods: Pods): Report {
  const routers = Object.keys(rollout.spec.strategy.canary?.trafficRouting ?? {}).filter(
    (key) => !SETTINGS.includes(key),
  );
  if (routers.length > 0) {
    const weight = rollout.status.canary.weights?.canary.weight ?? 0;
    return { weight, text: `Argo reports weight ${weight} for ${routers.join(', ')}; ${podsText(pods)}` };
  }
  const reached = reachedWeight(rollout);
  if (reached !== undefined)
    return { weight: reached, text: `Argo reports that the pods of weight ${reached} are there; ${podsText(pods)}` };
  return { weight: shareOf(pods), text: `Argo reports ${outsideText(rollout)}; ${podsText(pods)}` };
}

/**
 * The weight of the last setWeight before the present step: Argo goes on from one when its pods are there. Undefined
 * while no update moves through its steps.
 */
function reachedWeight({ spec, status }: Rollout): number | undefined {
  const { currentPodHash, stableRS, currentStepIndex, abort } = status;
  if (abort || stableRS === '' || currentPodHash === stableRS || currentStepIndex === undefined) return undefined;
  const { steps } = spec.strategy.canary ?? { steps: [] };
  if (currentStepIndex >= steps.length) return 100;
  return steps.slice(0, currentStepIndex).findLast(({ setWeight }) => setWeight !== undefined)?.setWeight ?? 0;
}

/** Rounded up, so that 0 means that no pod is left. */
function shareOf({ stable, other }: Pods): number {
  return other === 0 ? 0 : Math.ceil((100 * other) / (stable + other));
}

function outsideText({ status }: Rollout): string {
  return status.abort ? 'the update as aborted' : 'no update under way';
}

function podsText({ stable, other }: Pods): string {
  return `${other} of ${plural(stable + other, 'available pod')} ${other === 1 ? 'is' : 'are'} not of the stable version`;
}
