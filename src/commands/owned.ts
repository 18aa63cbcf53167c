import { randomUUID } from 'node:crypto';
import { SluiceError, type ErrorCode } from '../domain/errors.ts';
import type { Effect } from '../domain/effect.ts';
import { cleanText } from '../domain/safe-text.ts';
import type { CommandName, CommandOutcome } from '../domain/release/command.ts';
import { parseReleaseId, type Owner, type Target } from '../domain/release/target.ts';
import type { CommandContext } from './command.ts';

/** How long the caller waits for the release to act. */
const EFFECT_WAIT_MS = 3000;

/** The release's command that corresponds to a write. */
export interface Meant {
  readonly name: CommandName;
  readonly reason?: string | undefined;
  readonly requestId?: string | undefined;
  /** For promote only: it covers every remaining step. */
  readonly all?: boolean;
  /** Argo's step and version that the caller named. The command to the release applies to that step only. */
  readonly at?: { readonly stepIndex?: number | undefined; readonly podHash?: string | undefined };
}

/** The release cannot act, so the tool acts itself. `why`: a sentence. */
export interface ActDirectly {
  readonly direct: string;
}

/** A write that the running release carried out, or will carry out. */
export type Forwarded = Omit<Effect<never>, 'before' | 'after'> & {
  readonly release_id: string;
  readonly next: string;
};

/** Codes with which a release refuses a command because of its current state. */
const REFUSED_BY_STATE: readonly ErrorCode[] = ['NOT_WAITING', 'VERDICT_NOT_PASSED', 'TOO_LATE', 'STALE_COMMAND'];
/** The release has ended, and its mark is still on the object. */
const GONE: readonly ErrorCode[] = ['RELEASE_CLOSED', 'RELEASE_NOT_FOUND'];

/**
 * Forwards a write on an owned object to the release that owns it, as a command of the release. A direct write would
 * conflict with the release. An abort is never delayed: if the release cannot act, the tool acts itself. `object`: the
 * Rollout with the mark. Errors: those of the gateway, in particular TEMPORAL_UNREACHABLE, after which nothing was
 * done. OWNED_BY_OTHER when the release has ended. STALE_COMMAND when the caller named another step than the current
 * one.
 */
export async function forwardToRelease(
  context: CommandContext,
  owner: Owner,
  object: Pick<Target, 'namespace' | 'rollout'>,
  meant: Meant,
): Promise<Forwarded | ActDirectly> {
  requireOwnMark(owner, object);
  const why = meant.name === 'abort' ? await whyItCannotAct(context, owner) : undefined;
  if (why) return { direct: why };
  const { name, reason, requestId, all } = meant;
  try {
    const command = {
      name,
      requestId: requestId ?? randomUUID(),
      who: context.caller.id,
      ...(reason ? { why: reason } : {}),
      ...(all ? { all: true } : {}),
      ...(await stepOf(context, owner, meant)),
    };
    return toForwarded(owner, await context.gateway.command(owner.releaseId, command, EFFECT_WAIT_MS));
  } catch (error) {
    if (error instanceof SluiceError && REFUSED_BY_STATE.includes(error.code)) return refusedBy(owner, name, error);
    if (error instanceof SluiceError && GONE.includes(error.code)) throw abandonedMark(owner, error);
    throw error;
  }
}

/**
 * Why the release of a mark cannot act now, as the end of a sentence. Undefined if it can. If its run has ended, or
 * needs a worker or Temporal first, its mark must not keep a bad version in traffic.
 */
export async function whyItCannotAct(
  { gateway }: Pick<CommandContext, 'gateway'>,
  owner: Owner,
): Promise<string | undefined> {
  try {
    const [ownership, { pollers }] = await Promise.all([gateway.owns(owner), gateway.probe()]);
    if (ownership === 'open') return pollers > 0 ? undefined : 'no worker is running';
    return {
      held: 'its run is paused in Temporal',
      ended: 'its run has ended',
      unknown: 'this Temporal has no such run',
    }[ownership];
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'TEMPORAL_UNREACHABLE') return 'Temporal does not answer';
    throw error;
  }
}

/** The release's own index of the step that the caller named by Argo's index. */
async function stepOf(
  { gateway }: CommandContext,
  { releaseId }: Owner,
  { at }: Meant,
): Promise<{ readonly step?: number; readonly runId?: string }> {
  if (at?.stepIndex === undefined && at?.podHash === undefined) return {};
  const { plan, newHash, runId } = await gateway.get(releaseId);
  if (at.podHash !== undefined && newHash !== undefined && at.podHash !== newHash)
    throw new SluiceError('STALE_COMMAND', `${releaseId} releases the version ${newHash}, not ${at.podHash}.`);
  if (at.stepIndex === undefined) return { runId };
  const step = plan?.steps.findIndex(({ pauseIndex }) => pauseIndex === at.stepIndex) ?? -1;
  if (step >= 0) return { step, runId };
  const pauses = plan?.steps.flatMap(({ pauseIndex }) => pauseIndex ?? []).join(', ');
  throw new SluiceError(
    'STALE_COMMAND',
    `${releaseId} does not hold at the step ${at.stepIndex} of the Rollout; it holds at ${pauses || 'none yet'}.`,
  );
}

/**
 * A client that may annotate an object can write any workflow id into its mark. The mark counts only when it names a
 * release of the object that carries it. Errors: OWNED_BY_OTHER.
 */
function requireOwnMark({ releaseId }: Owner, { namespace, rollout }: Pick<Target, 'namespace' | 'rollout'>): void {
  const named = parseReleaseId(releaseId);
  if (named?.namespace === namespace && named.rollout === rollout) return;
  throw new SluiceError(
    'OWNED_BY_OTHER',
    `The mark on ${namespace}/${rollout} names ${cleanText(releaseId, 200)}, which is no release of this Rollout. No command was sent to it, and nothing was done.`,
    {
      next: 'Find out who wrote the annotation sluice.dev/owner (kubectl get rollout --show-managed-fields), remove it, and repeat the call.',
      details: { release_id: releaseId },
    },
  );
}

function toForwarded({ releaseId }: Owner, { command, outcome, detail, duplicate }: CommandOutcome): Forwarded {
  return {
    changed: outcome !== 'refused' && !duplicate,
    effective: ({ applied: 'proved', accepted: 'pending', refused: 'refused' } as const)[outcome],
    reason: `${releaseId} ${duplicate ? 'had already accepted' : 'accepted'} this as its command ${command}: ${detail}`,
    release_id: releaseId,
    next: `Call release_wait with release_id "${releaseId}" to follow it.`,
  };
}

function refusedBy({ releaseId }: Owner, name: CommandName, { message, next }: SluiceError): Forwarded {
  return {
    changed: false,
    effective: 'refused',
    reason: `${releaseId} refused this as its command ${name}: ${message}`,
    release_id: releaseId,
    next,
  };
}

function abandonedMark({ releaseId }: Owner, cause: SluiceError): SluiceError {
  return new SluiceError(
    'OWNED_BY_OTHER',
    `The mark of ${releaseId} is on the object, but that release is not running (${cause.message}); nothing was done.`,
    {
      next: `If its run was ended from outside, call release_recover with release_id "${releaseId}": it puts the traffic back and removes the mark. Then repeat the call. If it ended by itself, the next release takes its mark over.`,
      details: { release_id: releaseId },
      cause,
    },
  );
}

/**
 * The refusal of a write that has no corresponding command of a release. The release may have ended. Undefined owner:
 * nothing to refuse. Errors: OWNED_BY_OTHER.
 */
export function refuseOwned(owner: Owner | undefined, what: string): void {
  if (!owner) return;
  throw new SluiceError(
    'OWNED_BY_OTHER',
    `${what} belongs to the release ${owner.releaseId}; a direct write would conflict with the release.`,
    {
      next: `Call release_get with release_id "${owner.releaseId}". While it runs, abort it or wait for its end. If its run was ended from outside, call release_recover: it puts the traffic back and removes the mark. If it ended by itself, the next release takes its mark over.`,
      details: { release_id: owner.releaseId },
    },
  );
}
