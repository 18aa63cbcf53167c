import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../domain/errors.ts';
import type { Creation, NewRollout, RolloutDetail } from '../../ports/rollout-objects.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { create, tryCreate } from '../../adapters/kubernetes/create-only.ts';
import { describe } from '../../adapters/kubernetes/kinds.ts';
import { unlessAway } from '../../adapters/kubernetes/unless-away.ts';
import { ifThere, planCreation } from './creation-plan.ts';
import { readDetail } from './detail.ts';
import type { Planned } from './manifests.ts';
import { refOf } from './read.ts';

const PROOF_MS = 8_000;
const POLL_MS = 100;

export async function createRollout(client: ClusterClient, rollout: NewRollout): Promise<Creation> {
  const ref = refOf(rollout.target);
  if ((await ifThere(client, ref)) !== undefined) {
    throw new SluiceError('ALREADY_EXISTS', `${describe(ref)} exists already; nothing was touched.`, {
      next: 'Call argo_get_rollout_status to see it; argo_update_rollout_image sets another image.',
    });
  }
  const plan = await planCreation(client, rollout);
  if ('refused' in plan)
    return {
      changed: false,
      effective: 'refused',
      reason: plan.refused,
      created: [],
      found: [],
      ...(plan.missing && { missing: plan.missing }),
    };
  for (const { ref: each, manifest } of plan.make) await tryCreate(client, each, manifest);
  const created = await makeAll(client, plan.make);
  const proof = rollout.servicesOnly ? servicesMade(created) : await prove(client, rollout);
  return { changed: created.length > 0, ...proof, created, found: plan.found };
}

/** For each apply the API server returned the object that it stored. */
function servicesMade(created: readonly string[]): Pick<Creation, 'effective' | 'reason'> {
  return {
    effective: 'proved',
    reason: created.length > 0 ? 'the Services were made, without a Rollout yet' : 'both Services already existed',
  };
}

/** Errors: those of the client. The message lists the objects that exist by then. */
async function makeAll(client: ClusterClient, planned: readonly Planned[]): Promise<string[]> {
  const created: string[] = [];
  for (const { ref, manifest } of planned) {
    try {
      await create(client, ref, manifest);
    } catch (error) {
      throw created.length > 0 && error instanceof SluiceError ? halfMade(error, created) : error;
    }
    created.push(describe(ref));
  }
  return created;
}

function halfMade(error: SluiceError, created: readonly string[]): SluiceError {
  return new SluiceError(
    error.code,
    `${error.message} By then these were made and are still there: ${created.join(', ')}.`,
    {
      next: `${error.next} A repeated call uses what exists.`,
      details: { ...error.details, created },
      cause: error,
    },
  );
}

/**
 * Waits until the controller has observed the Rollout. Readiness comes later and is reported unchanged. The Rollout is
 * already written, so a missing answer is not a failure.
 */
async function prove(
  client: ClusterClient,
  { target }: NewRollout,
): Promise<Pick<Creation, 'effective' | 'reason' | 'after'>> {
  const deadline = performance.now() + PROOF_MS;
  for (;;) {
    const after = await unlessAway(() => readDetail(client, target));
    if (after?.invalid !== undefined)
      return { effective: 'pending', reason: `it was written, but Argo does not act on it: ${after.invalid}`, after };
    if (after?.observed && after.podHash)
      return { effective: 'proved', reason: `the controller has taken it up; ${readiness(after)}`, after };
    if (performance.now() > deadline) return unseen(after);
    await sleep(POLL_MS);
  }
}

function unseen(after: RolloutDetail | undefined): Pick<Creation, 'effective' | 'reason' | 'after'> {
  if (!after)
    return {
      effective: 'pending',
      reason: 'it was written, but the cluster no longer answers, so it could not be read back',
    };
  return {
    effective: 'pending',
    reason: `it was written, but the Argo Rollouts controller has not taken it up within ${PROOF_MS / 1000} s: ${after.phase} ${after.message}`,
    after,
  };
}

const readiness = ({ phase, message, replicas, pods }: RolloutDetail): string =>
  `${pods.ready} of ${replicas.desired} pods are ready (${phase}${message ? `: ${message}` : ''})`;
