import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { duration, toMs } from '../../contract/duration.ts';
import { textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { isSuspended } from '../../domain/flux/suspension.ts';
import { requestState, REQUESTED_AT, unhandledBecause, type RequestState } from '../../domain/flux/request.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { Draft, Outcome, PlannedChange } from '../../commands/objects/draft.ts';
import { objectText } from '../../commands/objects/located.ts';

const LOOK_EVERY_MS = 300;
const DEFAULT_WAIT = '30s';
const MAX_WAIT_MS = 300_000;

export const waitField = duration
  .refine((text) => toMs(text) <= MAX_WAIT_MS, 'must be at most 5m')
  .optional()
  .describe('How long to wait for its controller. Default 30s, at most 5m.');

/** A value that no request had before. The controller writes it into the status when it has handled it. */
export function newToken(): string {
  return `${new Date().toISOString()}-${randomBytes(3).toString('hex')}`;
}

/** Asks the controller of an object to handle it now. Errors: NOT_APPLICABLE. */
export function requestDraft(at: ObjectAt, before: ApiObject): Draft {
  const why = unhandledBecause(before);
  if (why !== undefined)
    throw new SluiceError('NOT_APPLICABLE', `${objectText(at)}: ${why} Nothing was changed.`, {
      next: 'Name a source, a Kustomization, a HelmRelease or a Receiver.',
    });
  if (isSuspended(before))
    throw new SluiceError('NOT_APPLICABLE', `${objectText(at)} is suspended, so Flux does not handle it.`, {
      next: 'Call flux_get to see who suspended it and why, and flux_resume to end that.',
    });
  const annotations = { [REQUESTED_AT]: newToken() };
  return { at, before, write: { how: 'merge', patch: { metadata: { annotations } } }, stays: true };
}

/** Waits until the controller has handled the request of a change. Undefined if the change has no request. */
export async function requestSettled(
  context: CommandContext,
  { at, write }: PlannedChange,
  wait: string | undefined,
): Promise<Omit<Outcome, 'changed'> | undefined> {
  const token = write.how === 'merge' ? textAt(write.patch, 'metadata', 'annotations', REQUESTED_AT) : undefined;
  if (token === undefined) return undefined;
  const limit = toMs(wait ?? DEFAULT_WAIT);
  const until = performance.now() + limit;
  for (;;) {
    const { state, what } = await look(context, at, token);
    if (state === 'ready') return { effective: 'proved', reason: `${objectText(at)} ${what}` };
    if (state === 'failed') return { effective: 'pending', reason: `${objectText(at)} ${what}` };
    if (performance.now() >= until || context.signal.aborted)
      return { effective: 'pending', reason: `${objectText(at)} ${what} (waited for ${wait ?? DEFAULT_WAIT})` };
    await context.progress(`${objectText(at)} ${what}`);
    await sleep(LOOK_EVERY_MS, undefined, { signal: context.signal }).catch(() => undefined);
  }
}

/** A read that fails once is no reason to stop waiting. */
async function look({ ports }: CommandContext, at: ObjectAt, token: string): Promise<RequestState> {
  try {
    return requestState(await ports.clusterObjects.read(at), token);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'CLUSTER_UNREACHABLE') throw error;
    return { state: 'waiting', what: 'could not be read' };
  }
}
