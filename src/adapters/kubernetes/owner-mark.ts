import { z } from 'zod';
import { epochOf, sameRun, type Owner } from '../../domain/release/target.ts';
import type { Refusal } from '../../ports/workload.ts';
import type { PatchOperation } from './cluster-client.ts';
import { plainLine } from './text.ts';

/**
 * Annotation with the release that may write to the object. It is on the object's own metadata, never on a pod
 * template.
 */
export const OWNER_ANNOTATION = 'sluice.dev/owner';
export const OWNER_POINTER = '/metadata/annotations/sluice.dev~1owner';

export type Annotations = Readonly<Record<string, string>> | undefined;

const Mark = z.object({
  release_id: z.string(),
  run_id: z.string(),
  temporal: z.string().optional(),
  cluster: z.string().optional(),
  epoch: z.number().int().nonnegative().optional(),
});

/** The value of the annotation. */
export function markText({ releaseId, runId, temporal, cluster, epoch }: Owner): string {
  return JSON.stringify({ release_id: releaseId, run_id: runId, temporal, cluster, epoch } satisfies Record<
    keyof z.infer<typeof Mark>,
    unknown
  >);
}

/** The owner in the annotations. A mark that cannot be parsed becomes an unknown owner, which no release equals. */
export function ownerOf(annotations: Annotations): Owner | undefined {
  const text = annotations?.[OWNER_ANNOTATION];
  if (text === undefined) return undefined;
  try {
    const { release_id: releaseId, run_id: runId, temporal, cluster, epoch } = Mark.parse(JSON.parse(text));
    return {
      releaseId,
      runId,
      ...(temporal !== undefined && { temporal }),
      ...(cluster !== undefined && { cluster }),
      ...(epoch !== undefined && { epoch }),
    };
  } catch {
    return { releaseId: `unreadable mark ${plainLine(text, 60)}`, runId: '' };
  }
}

/** The owner of the mark, for the end of a sentence that begins with the object. */
export function heldBy({ releaseId, runId }: Owner): string {
  return `held by ${plainLine(releaseId)}${runId ? `, run ${plainLine(runId, 60)}` : ''} (annotation ${OWNER_ANNOTATION})`;
}

/** A fence that allows a write. */
export interface Passed {
  /** Operations for the same patch as the write. They test the mark as it was read, and raise its epoch. */
  readonly operations: readonly PatchOperation[];
  /** Whether the mark has the epoch of an earlier act. */
  readonly behind: boolean;
}

/**
 * Whether an act of `owner` may write to an object with these annotations. It may if the mark belongs to the same run
 * and not to a later act. An object without a mark is refused, because this release or another client has removed the
 * mark.
 */
export function passFence(annotations: Annotations, owner: Owner, what: string): Passed | Refusal {
  const holder = ownerOf(annotations);
  if (!holder) return { refused: true, detail: `${what} has no owner mark of ${owner.releaseId} any more` };
  if (!sameRun(holder, owner)) return { refused: true, detail: `${what} is ${heldBy(holder)}`, holder };
  if (epochOf(holder) > epochOf(owner))
    return {
      refused: true,
      detail: `${what} was written by a later act of this release (epoch ${epochOf(holder)}, this is ${epochOf(owner)})`,
      holder,
    };
  const test: PatchOperation = { op: 'test', path: OWNER_POINTER, value: annotations?.[OWNER_ANNOTATION] };
  const behind = epochOf(holder) < epochOf(owner);
  return {
    behind,
    operations: behind
      ? [test, { op: 'replace', path: OWNER_POINTER, value: markText({ ...holder, ...owner }) }]
      : [test],
  };
}
