import { namedContainer, updateSpec } from '../contract/update-file.ts';
import { decide } from '../domain/access/decide.ts';
import { SluiceError } from '../domain/errors.ts';
import { proposedBy, starterOf } from '../domain/release/approval.ts';
import type { Preflight, ReleaseSpec } from '../domain/release/plan.ts';
import { releaseId, type Owner, type Target } from '../domain/release/target.ts';
import type { Revision, RolloutState } from '../domain/rollout.ts';
import { updateCaller, updateRequest, type UpdateOrigin } from '../domain/updates/origin.ts';
import type { SeenRollout } from '../domain/updates/seen-rollout.ts';
import { noUpdate } from '../domain/updates/sighting.ts';
import { versionOf } from '../domain/updates/version.ts';
import type { StartedRelease } from '../temporal/gateway.ts';
import type { UpdateDeps } from './deps.ts';

/**
 * What has become of an update. `started`: it has its release, by this call or before. `over`: there is nothing to
 * start. `wait`: it cannot be started yet. `refused`: somebody has to change something.
 */
export type Attempt =
  | { readonly kind: 'started'; readonly release: StartedRelease; readonly update: UpdateOrigin }
  | { readonly kind: 'over' | 'wait'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string; readonly next?: string };

const wait = (why: string): Attempt => ({ kind: 'wait', why });
const refused = (why: string, next?: string): Attempt => ({
  kind: 'refused',
  why,
  ...(next !== undefined && { next }),
});

/**
 * Starts the release of an update, if the update has none. It may be repeated, and be made by several workers at once:
 * all use one request id. Errors: those of the ports and of ReleaseGateway, and of the release file.
 */
export async function startForUpdate(deps: UpdateDeps, seen: SeenRollout): Promise<Attempt> {
  const { target } = seen;
  const { cluster, workload } = await deps.worlds.of(target.cluster);
  const state = await workload.read(target);
  if (!state.observed || state.podHash !== seen.podHash) return wait('Argo Rollouts has not seen the newest template');
  const over = noUpdate(state);
  if (over !== undefined) return { kind: 'over', why: over };
  const revisions = await workload.revisions(target);
  const revision = revisions.find(({ podHash }) => podHash === state.podHash)?.revision;
  if (revision === undefined) return wait('the ReplicaSet of the update is not there yet');
  const update = { uid: seen.uid, revision, podHash: state.podHash, ...(await deps.updates.templateSource(target)) };
  const earlier = await earlierRelease(deps, target, updateRequest(update));
  if (earlier === 'busy') return wait('another release has the target');
  if (earlier) return { kind: 'started', release: earlier, update };
  const held = await heldBy(deps, state.owner);
  if (held) return held;
  const spec = await specOf(deps, seen, state, revisions);
  return begin(deps, { ...spec, clusterUid: cluster.uid }, update);
}

async function earlierRelease({ gateway }: UpdateDeps, target: Target, requestId: string) {
  try {
    return await gateway.admit(releaseId(target), requestId);
  } catch (error) {
    if (isBusy(error)) return 'busy';
    throw error;
  }
}

const isBusy = (error: unknown): boolean => error instanceof SluiceError && error.code === 'TARGET_BUSY';

/**
 * A release that holds the Rollout makes its updates itself: its image, and the one before in a rollback. A run that
 * was ended from outside may have left half of that.
 */
async function heldBy({ gateway }: UpdateDeps, owner: Owner | undefined): Promise<Attempt | undefined> {
  if (!owner) return undefined;
  const found = await gateway.owns(owner);
  if (found === 'open' || found === 'held') return wait(`the release ${owner.releaseId} has the target`);
  const run = `run ${owner.runId} of ${owner.releaseId}`;
  return found === 'ended'
    ? refused(
        `${run} has ended and left its mark on the Rollout, so the update may be its own`,
        `Call release_recover with release_id "${owner.releaseId}".`,
      )
    : refused(
        `the Rollout has the mark of ${run}, which this Temporal does not know`,
        'Start the worker on the Temporal of that release, or remove the annotation sluice.dev/owner.',
      );
}

async function specOf(
  { updates, defaults }: UpdateDeps,
  { target, file }: SeenRollout,
  state: RolloutState,
  revisions: readonly Revision[],
): Promise<ReleaseSpec> {
  const document = file === undefined ? {} : await updates.releaseFile(target, file);
  const named = namedContainer(document);
  const version = versionOf(state, revisions, named);
  if (!version)
    throw new SluiceError(
      'INVALID_INPUT',
      named === undefined ? 'The template has no container that could be read.' : `There is no container ${named}.`,
      { next: `The containers are: ${Object.keys({ ...state.images, ...state.initImages }).join(', ') || 'none'}.` },
    );
  return updateSpec(document, { target, ...version }, defaults);
}

async function begin(deps: UpdateDeps, spec: ReleaseSpec, update: UpdateOrigin): Promise<Attempt> {
  const caller = updateCaller(spec.target, update);
  const { cluster, namespace, rollout: name } = spec.target;
  const need = { tool: 'release_start', toolset: 'release', permission: 'operate' as const };
  const decision = decide(caller, { ...need, touched: [{ cluster, namespace, name }] }, deps.access);
  if (!decision.allowed)
    return refused(`the access rules do not allow it: ${decision.why}`, 'Add a rule for the issuer "update".');
  const found = await deps.preflight(spec);
  if (!found.plan) return failedChecks(found);
  const starter = starterOf(caller);
  const who = { startedBy: caller.id, ...(starter !== undefined && { starter }), ...proposedBy(caller) };
  try {
    const release = await deps.gateway.start({ spec, ...who, requestId: updateRequest(update), update });
    return { kind: 'started', release, update };
  } catch (error) {
    if (isBusy(error)) return wait('another release has the target');
    throw error;
  }
}

function failedChecks({ checks }: Preflight): Attempt {
  const failed = checks.filter(({ ok }) => !ok);
  return refused(failed.map(({ name, detail }) => `${name}: ${detail}`).join('; '), failed[0]?.next);
}
