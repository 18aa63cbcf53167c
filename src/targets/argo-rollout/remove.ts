import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../domain/errors.ts';
import type { Effect } from '../../domain/effect.ts';
import type { Target } from '../../domain/release/target.ts';
import type { Admit, RolloutDetail } from '../../ports/rollout-objects.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { unlessAway } from '../../adapters/kubernetes/unless-away.ts';
import { toDetail } from './detail.ts';
import { readReferencedObjects, readRollout, refOf } from './read.ts';
import type { Rollout } from './schema.ts';

/** The controller writes the status often, and each write changes the resource version that the deletion tests. */
const ATTEMPTS = 8;
const PROOF_MS = 5_000;
const POLL_MS = 100;

/**
 * Deletes only the object that was read. The resource version ensures that no release has marked it in between. `admit`
 * throws when the owner forbids the deletion. Errors: CONFLICT when another object has taken the name.
 */
export async function removeRollout(
  client: ClusterClient,
  target: Target,
  admit: Admit,
): Promise<Effect<RolloutDetail>> {
  const first = await readRollout(client, target);
  const before = toDetail(target, first, await readReferencedObjects(client, target, first));
  admit(before.owner);
  const sent = await send(client, target, first, admit);
  if (sent === 'gone') return { changed: true, effective: 'proved', reason: 'the Rollout is gone', before };
  return waitGone(client, target, first, before, sent === 'sent');
}

type Sent = 'sent' | 'going already' | 'gone';

/** `gone`: the object vanished after a request whose answer was lost or refused. */
async function send(client: ClusterClient, target: Target, first: Rollout, admit: Admit): Promise<Sent> {
  let obstacle: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const now = attempt === 0 ? first : await present(client, target, first);
    if (!now) return 'gone';
    if (now.metadata.deletionTimestamp) return 'going already';
    if (attempt > 0) admit(toDetail(target, now, {}).owner);
    try {
      await client.remove(refOf(target), {
        uid: first.metadata.uid ?? '',
        resourceVersion: now.metadata.resourceVersion,
      });
      return 'sent';
    } catch (error) {
      if (!isPassing(error)) throw error;
      obstacle = error;
    }
    await sleep(POLL_MS);
  }
  throw obstacle;
}

/** A conflict means that the controller wrote in between. After a lost answer the next read shows the result. */
const isPassing = (error: unknown): boolean =>
  error instanceof SluiceError && (error.code === 'CONFLICT' || error.code === 'CLUSTER_UNREACHABLE');

/** The object as it is now. Undefined when it no longer exists. Errors: CONFLICT when it is another one. */
async function present(client: ClusterClient, target: Target, first: Rollout): Promise<Rollout | undefined> {
  try {
    const now = await readRollout(client, target);
    if (now.metadata.uid === first.metadata.uid) return now;
  } catch (error) {
    if (error instanceof SluiceError && (error.code === 'ROLLOUT_NOT_FOUND' || error.code === 'NAMESPACE_NOT_FOUND'))
      return undefined;
    throw error;
  }
  throw new SluiceError(
    'CONFLICT',
    `${target.namespace}/${target.rollout} was deleted, and another Rollout of that name was made meanwhile: that one was left alone.`,
  );
}

async function waitGone(
  client: ClusterClient,
  target: Target,
  first: Rollout,
  before: RolloutDetail,
  changed: boolean,
): Promise<Effect<RolloutDetail>> {
  const deadline = performance.now() + PROOF_MS;
  for (;;) {
    const seen = await unlessAway(async () => ({ now: await present(client, target, first) }));
    if (seen && !seen.now)
      return {
        changed,
        effective: 'proved',
        reason: 'the Rollout is gone; the cluster now removes its ReplicaSets and pods',
        before,
      };
    if (performance.now() > deadline)
      return seen?.now
        ? stillThere(target, seen.now, before, changed)
        : { changed, effective: 'pending', reason: 'deletion has begun, but the cluster no longer answers', before };
    await sleep(POLL_MS);
  }
}

function stillThere(target: Target, now: Rollout, before: RolloutDetail, changed: boolean): Effect<RolloutDetail> {
  const after = toDetail(target, now, {});
  const held = after.deletion?.finalizers.join(', ');
  const reason = held
    ? `deletion has begun and waits for the finalizers ${held}`
    : `deletion was asked for, and after ${PROOF_MS / 1000} s the Rollout is still there`;
  return { changed, effective: 'pending', reason, before, after };
}
