import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { sameRelease } from '../../domain/release/target.ts';
import type { Owner } from '../../domain/release/target.ts';
import { plainLine } from './text.ts';
import type { Change, WriteResult } from '../../ports/workload.ts';
import type { ClusterClient, PatchOperation } from './cluster-client.ts';
import { guardedWrite } from './guarded-write.ts';
import type { Decision } from './guarded-write.ts';
import { describe } from './kinds.ts';
import type { ObjectRef } from './kinds.ts';

/** Annotation on the object's own metadata, never on a pod template, that says which release may write to it. */
export const OWNER_ANNOTATION = 'sluice.dev/owner';
const POINTER = '/metadata/annotations/sluice.dev~1owner';

const Metadata = z.object({
  metadata: z.object({
    name: z.string(),
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
});

const Mark = z.object({ release_id: z.string(), run_id: z.string() });

/** The owner in the annotations. A mark that cannot be read still is somebody's: it comes back as an unknown owner. */
export function ownerOf(annotations: Readonly<Record<string, string>> | undefined): Owner | undefined {
  const text = annotations?.[OWNER_ANNOTATION];
  if (text === undefined) return undefined;
  try {
    const mark = Mark.parse(JSON.parse(text));
    return { releaseId: mark.release_id, runId: mark.run_id };
  } catch {
    return { releaseId: `unreadable mark ${plainLine(text, 60)}`, runId: '' };
  }
}

/** Why a write by `owner` is refused; undefined when it is not. */
export function heldByOther(holder: Owner | undefined, owner: Owner): string | undefined {
  if (!holder || sameRelease(holder, owner)) return undefined;
  return `held by ${plainLine(holder.releaseId)} (annotation ${OWNER_ANNOTATION})`;
}

interface Marked {
  readonly resourceVersion: string;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

async function readMarked(client: ClusterClient, ref: ObjectRef): Promise<Marked> {
  const { metadata } = Metadata.parse(await client.get(ref));
  return { resourceVersion: metadata.resourceVersion, annotations: metadata.annotations };
}

/** Writes the mark by compare-and-set. A mark of an earlier run of the same release is taken over. */
export function claim(client: ClusterClient, ref: ObjectRef, owner: Owner): Promise<WriteResult> {
  return guardedWrite(client, {
    ref,
    read: () => readMarked(client, ref),
    decide: (seen) => decideClaim(seen, ref, owner),
  });
}

function decideClaim(seen: Marked, ref: ObjectRef, owner: Owner): Decision<WriteResult> {
  const holder = ownerOf(seen.annotations);
  const refusal = heldByOther(holder, owner);
  if (refusal) return { done: { refused: true, detail: `${describe(ref)} is ${refusal}` } };
  if (holder?.runId === owner.runId)
    return { done: { changed: false, detail: `${describe(ref)} is already marked for this release` } };
  const mark = JSON.stringify({ release_id: owner.releaseId, run_id: owner.runId });
  const patch: PatchOperation = seen.annotations
    ? { op: 'add', path: POINTER, value: mark }
    : { op: 'add', path: '/metadata/annotations', value: { [OWNER_ANNOTATION]: mark } };
  return {
    patch: [patch],
    done: {
      changed: true,
      detail: `${describe(ref)} is marked for ${owner.releaseId}${holder ? ', taken over from its earlier run' : ''}`,
    },
  };
}

/** Removes the mark if a run of the same release holds it. An object that is gone has no mark: unchanged. */
export async function unclaim(client: ClusterClient, ref: ObjectRef, owner: Owner): Promise<Change> {
  try {
    return await guardedWrite<Marked, Change>(client, {
      ref,
      read: () => readMarked(client, ref),
      decide: (seen) => decideUnclaim(seen, ref, owner),
    });
  } catch (error) {
    const gone =
      error instanceof SluiceError && (error.code === ref.kind.missing || error.code === 'NAMESPACE_NOT_FOUND');
    if (gone) return { changed: false, detail: `${describe(ref)} does not exist any more` };
    throw error;
  }
}

function decideUnclaim(seen: Marked, ref: ObjectRef, owner: Owner): Decision<Change> {
  const holder = ownerOf(seen.annotations);
  if (!holder) return { done: { changed: false, detail: `${describe(ref)} has no owner mark` } };
  const other = heldByOther(holder, owner);
  if (other) return { done: { changed: false, detail: `${describe(ref)} is ${other}` } };
  return {
    patch: [{ op: 'remove', path: POINTER }],
    done: { changed: true, detail: `the owner mark was removed from ${describe(ref)}` },
  };
}
