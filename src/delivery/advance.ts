import { SluiceError } from '../domain/errors.ts';
import { podsNeverReady } from '../domain/pods.ts';
import { departure } from '../domain/release/observe.ts';
import type { Advanced, Preempted, Started } from '../domain/release/moves.ts';
import type { ReleasePlan } from '../domain/release/plan.ts';
import { isRefusal, preemption, readTarget, type Move, type Seen } from './move.ts';

/** Sets the image, at most once, and waits until the new pods are ready and held before their first weight. */
export async function start(move: Move, isReady: (seen: Seen, plan: ReleasePlan) => boolean): Promise<Started> {
  const { world, scene } = move;
  const { container, fromImage, toImage, stableHash } = scene.plan;
  const set = await world.workload.setImage(scene.target, { container, from: fromImage, to: toImage }, scene.owner);
  if (isRefusal(set)) return { kind: 'superseded', detail: set.detail };
  const lost = lostStart(move);
  return move.wait(async () => {
    const seen = await readTarget(move);
    const preempted = departure(seen, { toImage, steps: scene.plan.steps });
    if (preempted) return preempted;
    if (seen.podHash === stableHash) return undefined;
    return isReady(seen, scene.plan) ? { kind: 'ready' as const, newHash: seen.podHash } : lost(seen.podHash);
  });
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
