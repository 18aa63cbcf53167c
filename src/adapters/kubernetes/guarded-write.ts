import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../domain/errors.ts';
import type { ClusterClient, PatchOperation, PatchOptions } from './cluster-client.ts';
import { FIELD_MANAGER } from './kinds.ts';
import type { ObjectRef } from './kinds.ts';

/** The decision about an object that was just read. */
export type Decision<Result> =
  | { readonly done: Result }
  /**
   * Apply this patch. `done` is the result once the patch is applied. If it is absent, the object is then read and
   * decided on again. `unversioned`: the patch itself tests everything that the decision used.
   */
  | {
      readonly patch: readonly PatchOperation[];
      readonly subresource?: 'status';
      readonly unversioned?: boolean;
      readonly done?: Result;
    }
  /** The state does not allow the write yet. `why` is the error if it stays so. */
  | { readonly wait: string };

export interface GuardedWrite<View, Result> {
  readonly ref: ObjectRef;
  readonly read: () => Promise<View>;
  /** The view of an object as a patch answered it. It saves a read where a second patch follows the first. */
  readonly viewOf?: (object: unknown) => View;
  readonly decide: (view: View) => Decision<Result>;
  readonly attempts?: number;
}

/** The first pause. Each further pause is twice as long: 1.5 s in total for six attempts. */
const PAUSE_MS = 50;

/**
 * Reads, decides, and patches the version that was read. When the object changed in between, or the patch got no
 * answer, it reads and decides again. So `decide` finds a patch whose answer was lost as applied, and no patch is sent
 * twice to the same state. Errors: those of the client, and CONFLICT after the last attempt.
 */
export async function guardedWrite<View extends { readonly resourceVersion: string }, Result>(
  client: Pick<ClusterClient, 'jsonPatch'>,
  write: GuardedWrite<View, Result>,
): Promise<Result> {
  const attempts = write.attempts ?? 6;
  let obstacle: unknown;
  let patched: View | undefined;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const view = patched ?? (await write.read());
    patched = undefined;
    const decision = write.decide(view);
    if ('patch' in decision) {
      const tried = await tryPatch(client, write, view.resourceVersion, decision);
      if ('object' in tried && decision.done !== undefined) return decision.done;
      if ('object' in tried) {
        patched = write.viewOf?.(tried.object);
        continue;
      }
      obstacle = tried.obstacle;
    } else if ('done' in decision) return decision.done;
    else obstacle = decision.wait;
    if (attempt < attempts) await sleep(PAUSE_MS * 2 ** (attempt - 1));
  }
  throw obstacle instanceof SluiceError ? obstacle : new SluiceError('CONFLICT', String(obstacle));
}

/** The object as the patch left it, or the reason why it was not applied. */
type Tried = { readonly object: unknown } | { readonly obstacle: unknown };

async function tryPatch(
  client: Pick<ClusterClient, 'jsonPatch'>,
  { ref }: { readonly ref: ObjectRef },
  resourceVersion: string,
  decision: {
    readonly patch: readonly PatchOperation[];
    readonly subresource?: 'status';
    readonly unversioned?: boolean;
  },
): Promise<Tried> {
  const guard: PatchOperation[] = decision.unversioned
    ? []
    : [{ op: 'test', path: '/metadata/resourceVersion', value: resourceVersion }];
  try {
    const options: PatchOptions = {
      fieldManager: FIELD_MANAGER,
      ...(decision.subresource && { subresource: decision.subresource }),
    };
    const result = await client.jsonPatch(ref, [...guard, ...decision.patch], options);
    if (result.applied) return { object: result.object };
    return { obstacle: `the object changed between reading and writing (${result.why})` };
  } catch (error) {
    if (error instanceof SluiceError && (error.code === 'CONFLICT' || error.code === 'CLUSTER_UNREACHABLE'))
      return { obstacle: error };
    throw error;
  }
}
