import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { epochOf, sameRun, type Owner } from '../../domain/release/target.ts';
import type { Change, WriteResult } from '../../ports/workload.ts';
import type { ClusterClient, PatchOperation } from './cluster-client.ts';
import { guardedWrite } from './guarded-write.ts';
import type { Decision } from './guarded-write.ts';
import { describe } from './kinds.ts';
import type { ObjectRef } from './kinds.ts';
import {
  heldBy,
  markText,
  OWNER_ANNOTATION,
  OWNER_POINTER,
  ownerOf,
  passFence,
  type Annotations,
} from './owner-mark.ts';

const Metadata = z.object({
  metadata: z.object({
    name: z.string(),
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
});

interface Marked {
  readonly resourceVersion: string;
  readonly annotations: Annotations;
}

async function readMarked(client: ClusterClient, ref: ObjectRef): Promise<Marked> {
  const { metadata } = Metadata.parse(await client.get(ref));
  return { resourceVersion: metadata.resourceVersion, annotations: metadata.annotations };
}

/**
 * Writes the mark by compare-and-set: on an object without one, or over the mark `over`, whose run the caller has found
 * to be closed. A mark of the same run gets the higher epoch. Any other mark is a refusal, with its holder.
 */
export function claim(client: ClusterClient, ref: ObjectRef, owner: Owner, over?: Owner): Promise<WriteResult> {
  return guardedWrite(client, {
    ref,
    read: () => readMarked(client, ref),
    decide: ({ annotations }) => decideClaim(annotations, ref, owner, over),
  });
}

function decideClaim(annotations: Annotations, ref: ObjectRef, owner: Owner, over?: Owner): Decision<WriteResult> {
  const holder = ownerOf(annotations);
  const value = markText(owner);
  if (!holder) return { patch: [addMark(annotations, value)], done: marked(ref, owner) };
  if (over && markText(holder) === markText(over) && !sameRun(holder, owner))
    return {
      patch: [testMark(annotations), { op: 'replace', path: OWNER_POINTER, value }],
      done: marked(ref, owner, `, taken over from run ${over.runId} of ${over.releaseId}, which has ended`),
    };
  const passed = passFence(annotations, owner, describe(ref));
  if ('refused' in passed) return { done: passed };
  const detail = `${describe(ref)} is already marked for this release`;
  return passed.behind
    ? { patch: passed.operations, done: { changed: false, detail } }
    : { done: { changed: false, detail } };
}

function addMark(annotations: Annotations, value: string): PatchOperation {
  return annotations
    ? { op: 'add', path: OWNER_POINTER, value }
    : { op: 'add', path: '/metadata/annotations', value: { [OWNER_ANNOTATION]: value } };
}

function testMark(annotations: Annotations): PatchOperation {
  return { op: 'test', path: OWNER_POINTER, value: annotations?.[OWNER_ANNOTATION] };
}

function marked(ref: ObjectRef, { releaseId }: Owner, more = ''): WriteResult {
  return { changed: true, detail: `${describe(ref)} is marked for ${releaseId}${more}` };
}

/**
 * Raises the epoch of the mark, so that no earlier act of the same release can write any more. Refused if the mark
 * belongs to another run.
 */
export function fence(client: ClusterClient, ref: ObjectRef, owner: Owner): Promise<WriteResult> {
  return guardedWrite<Marked, WriteResult>(client, {
    ref,
    read: () => readMarked(client, ref),
    decide: ({ annotations }) => {
      const passed = passFence(annotations, owner, describe(ref));
      if ('refused' in passed) return { done: passed };
      const done = { changed: passed.behind, detail: `${describe(ref)} is at epoch ${epochOf(owner)} of this release` };
      return passed.behind ? { patch: passed.operations, done } : { done };
    },
  });
}

/**
 * Removes the mark if this run holds it, whatever its epoch, because the release has ended. A deleted object has no
 * mark: unchanged.
 */
export async function unclaim(client: ClusterClient, ref: ObjectRef, owner: Owner): Promise<Change> {
  try {
    return await guardedWrite<Marked, Change>(client, {
      ref,
      read: () => readMarked(client, ref),
      decide: ({ annotations }) => decideUnclaim(annotations, ref, owner),
    });
  } catch (error) {
    const gone =
      error instanceof SluiceError && (error.code === ref.kind.missing || error.code === 'NAMESPACE_NOT_FOUND');
    if (gone) return { changed: false, detail: `${describe(ref)} does not exist any more` };
    throw error;
  }
}

function decideUnclaim(annotations: Annotations, ref: ObjectRef, owner: Owner): Decision<Change> {
  const holder = ownerOf(annotations);
  if (!holder) return { done: { changed: false, detail: `${describe(ref)} has no owner mark` } };
  if (!sameRun(holder, owner))
    return { done: { changed: false, detail: `${describe(ref)} is ${heldBy(holder)}`, holder } };
  return {
    patch: [testMark(annotations), { op: 'remove', path: OWNER_POINTER }],
    done: { changed: true, detail: `the owner mark was removed from ${describe(ref)}` },
  };
}
