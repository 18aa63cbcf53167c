import { SluiceError } from '../domain/errors.ts';
import { podsNeverReady } from '../domain/pods.ts';
import { departure, plannedSteps } from '../domain/release/observe.ts';
import type { Advanced, Preempted, Started } from '../domain/release/moves.ts';
import type { ReleasePlan } from '../domain/release/plan.ts';
import { newVersion } from '../domain/template/template-change.ts';
import { changeToNew, isRefusal, preemption, readTarget, sourceOf, type Move, type Seen } from './move.ts';

/** Where a version is that has just been set. */
export interface FirstHold {
  /** Its pods are ready and it is held before its first weight. */
  readonly isReady: (seen: Seen, plan: ReleasePlan) => boolean;
  /** It is beyond the first hold, without an act of the release. */
  readonly isPast: (seen: Seen, plan: ReleasePlan) => boolean;
}

/** Sets the image, at most once, and waits until the new pods are ready and held before their first weight. */
export async function start(move: Move, { isReady, isPast }: FirstHold): Promise<Started> {
  const { world, scene } = move;
  const { fromImage, templateImage: from = fromImage, toImage, stableHash } = scene.plan;
  const set = await world.workload.setImage(scene.target, changeToNew(move, from), scene.owner);
  if (isRefusal(set)) return { kind: 'superseded', detail: set.detail };
  const lost = lostStart(move);
  return move.wait(async () => {
    const seen = await readTarget(move);
    const preempted = departure(seen, { toImage: newVersion(scene.plan), ...plannedSteps(scene.plan) });
    if (preempted) return preempted;
    if (seen.podHash === stableHash) return undefined;
    if (isPast(seen, scene.plan)) return passedBy(seen, toImage);
    return isReady(seen, scene.plan)
      ? { kind: 'ready' as const, newHash: seen.podHash, ...sourceOf(set) }
      : lost(seen.podHash);
  });
}

/** With a rollback window Argo itself goes past every step. Without one, somebody has promoted the version. */
function passedBy({ podHash: newHash, rollbackWindow }: Seen, image: string): Started {
  const what = `${image} went past the first step before the release could hold it there`;
  return rollbackWindow === undefined
    ? { kind: 'promoted-elsewhere', newHash, detail: `${what}: somebody else promoted it` }
    : { kind: 'passed-by', newHash, detail: `${what}: Argo took it for a rollback (spec.rollbackWindow)` };
}

const BETWEEN_PODS_MS = 2_000;

/** Reads the pods at intervals if the release may end early. A failed read never ends the release. */
function lostStart({ world, scene }: Move): (podHash: string) => Promise<Started | undefined> {
  let next = Number.NEGATIVE_INFINITY;
  return async (podHash) => {
    const { failFast } = scene.plan;
    if (!failFast || world.now() < next) return undefined;
    next = world.now() + BETWEEN_PODS_MS;
    const pods = await world.workload.pods(scene.target, podHash).catch(() => undefined);
    const detail = pods && podsNeverReady(pods, failFast.restarts);
    return detail === undefined ? undefined : { kind: 'failed', detail };
  };
}

/** Waits until `arrived` returns a text, or until another owner has taken the target. */
export async function waitUnlessPreempted(move: Move, arrived: (seen: Seen) => string | undefined): Promise<Advanced> {
  return move.wait(async () => {
    const seen = await readTarget(move);
    const preempted = preemption(seen, move.scene);
    if (preempted) return preempted;
    const detail = arrived(seen);
    return detail === undefined ? undefined : { kind: 'ready' as const, detail };
  });
}

/**
 * Handles a refused write. Another version or an abort ends the release. Any other reason (a manual pause, a full
 * promotion in progress) may pass, so the write is retried until the step's deadline. Errors: CONFLICT.
 */
export async function refusedAs(move: Move, detail: string): Promise<Preempted> {
  const preempted = preemption(await readTarget(move), move.scene);
  if (preempted) return preempted;
  throw new SluiceError('CONFLICT', detail);
}
