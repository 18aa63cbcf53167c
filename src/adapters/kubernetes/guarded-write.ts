import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../domain/errors.ts';
import type { ClusterClient, PatchOperation, PatchOptions } from './cluster-client.ts';
import { FIELD_MANAGER } from './kinds.ts';
import type { ObjectRef } from './kinds.ts';

/** What to do about an object as it was just read. */
export type Decision<Result> =
  | { readonly done: Result }
  /**
   * Patch it so; `done` is the result once the patch is applied, and absent when the object is then to be read and
   * decided on again. `unversioned`: the patch itself tests all that was decided on.
   */
  | {
      readonly patch: readonly PatchOperation[];
      readonly subresource?: 'status';
      readonly unversioned?: boolean;
      readonly done?: Result;
    }
  /** Not in a state to act on yet; `why` is the error when it stays so. */
  | { readonly wait: string };

export interface GuardedWrite<View, Result> {
  readonly ref: ObjectRef;
  readonly read: () => Promise<View>;
  readonly decide: (view: View) => Decision<Result>;
  readonly attempts?: number;
}

/** First pause; each further one is twice as long: 1.5 s in all for six attempts. */
const PAUSE_MS = 50;

/**
 * Read, decide, patch what was read or nothing; when the object moved in between, or no answer came to the patch, read
 * and decide again. So a patch whose answer was lost is found applied by `decide`, and is never sent twice to the same
 * state. Errors: those of the client, and CONFLICT after the last attempt.
 */
export async function guardedWrite<View extends { readonly resourceVersion: string }, Result>(
  client: Pick<ClusterClient, 'jsonPatch'>,
  write: GuardedWrite<View, Result>,
): Promise<Result> {
  const attempts = write.attempts ?? 6;
  let obstacle: unknown;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const view = await write.read();
    const decision = write.decide(view);
    if ('patch' in decision) {
      obstacle = await tryPatch(client, write, view.resourceVersion, decision);
      if (obstacle === undefined && decision.done !== undefined) return decision.done;
      if (obstacle === undefined) continue;
    } else if ('done' in decision) return decision.done;
    else obstacle = decision.wait;
    if (attempt < attempts) await sleep(PAUSE_MS * 2 ** (attempt - 1));
  }
  throw obstacle instanceof SluiceError ? obstacle : new SluiceError('CONFLICT', String(obstacle));
}

/** Undefined when the patch is applied; otherwise why not. */
async function tryPatch(
  client: Pick<ClusterClient, 'jsonPatch'>,
  { ref }: { readonly ref: ObjectRef },
  resourceVersion: string,
  decision: {
    readonly patch: readonly PatchOperation[];
    readonly subresource?: 'status';
    readonly unversioned?: boolean;
  },
): Promise<unknown> {
  const guard: PatchOperation[] = decision.unversioned
    ? []
    : [{ op: 'test', path: '/metadata/resourceVersion', value: resourceVersion }];
  try {
    const options: PatchOptions = {
      fieldManager: FIELD_MANAGER,
      ...(decision.subresource && { subresource: decision.subresource }),
    };
    const result = await client.jsonPatch(ref, [...guard, ...decision.patch], options);
    return result.applied ? undefined : `the object changed between reading and writing (${result.why})`;
  } catch (error) {
    if (error instanceof SluiceError && (error.code === 'CONFLICT' || error.code === 'CLUSTER_UNREACHABLE'))
      return error;
    throw error;
  }
}
