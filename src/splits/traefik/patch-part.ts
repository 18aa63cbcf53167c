import { SluiceError } from '../../domain/errors.ts';
import type { ClusterClient, PatchOperation } from '../../adapters/kubernetes/cluster-client.ts';
import { guardedWrite } from '../../adapters/kubernetes/guarded-write.ts';
import { describe, FIELD_MANAGER } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';

/**
 * A change of one object. It is computed again whenever the object has changed. Without operations there is nothing to
 * do.
 */
export interface PatchPart {
  readonly ref: ObjectRef;
  readonly operations: (object: unknown) => readonly PatchOperation[];
  /** Operations that undo the change. */
  readonly inverse: (object: unknown) => readonly PatchOperation[];
}

/**
 * The object after the change, from a dry run. Undefined if nothing would change. Errors: MANIFEST_REFUSED, CONFLICT.
 */
export async function dryRun(client: ClusterClient, part: PatchPart): Promise<unknown> {
  const object = await client.get(part.ref);
  const operations = part.operations(object);
  if (operations.length === 0) return undefined;
  const result = await client.jsonPatch(part.ref, operations, { fieldManager: FIELD_MANAGER, dryRun: true });
  if (result.applied) return result.object;
  throw new SluiceError(
    'MANIFEST_REFUSED',
    `The API server refuses the change of ${describe(part.ref)}: ${result.why}`,
  );
}

/** Writes the change with a test of what was read. Returns whether anything was written. */
export function write(client: ClusterClient, part: PatchPart, operations = part.operations): Promise<boolean> {
  return guardedWrite<{ resourceVersion: string; object: unknown }, boolean>(client, {
    ref: part.ref,
    read: async () => {
      const object = await client.get(part.ref);
      return {
        object,
        resourceVersion: (object as { metadata: { resourceVersion: string } }).metadata.resourceVersion,
      };
    },
    decide: ({ object }) => {
      const patch = operations(object);
      return patch.length === 0 ? { done: false } : { patch, done: true };
    },
  });
}

export async function undo(client: ClusterClient, parts: readonly PatchPart[]): Promise<void> {
  for (const part of parts.toReversed()) await write(client, part, part.inverse);
}

/** Writes all parts, in order. When one fails, it and the previous parts are undone. */
export async function writeAll(client: ClusterClient, parts: readonly PatchPart[]): Promise<void> {
  const begun: PatchPart[] = [];
  try {
    for (const part of parts) {
      begun.push(part);
      await write(client, part);
    }
  } catch (error) {
    await undo(client, begun);
    throw error;
  }
}
