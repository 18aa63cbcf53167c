import type { Owner } from '../../domain/release/target.ts';
import type { WriteResult } from '../../ports/workload.ts';
import type { Decision } from './guarded-write.ts';
import { passFence, type Annotations } from './owner-mark.ts';

/** The object to write, as it was read, and the owner of the write. */
export interface Fenced {
  readonly annotations: Annotations;
  readonly owner: Owner;
  /** "Rollout shop/web", for messages. */
  readonly what: string;
}

/**
 * A decision about an owned object, with the test of its mark in the same patch. A decision without a patch still
 * raises the epoch: an earlier act that has stalled must not write afterwards.
 */
export function fenced(
  { annotations, owner, what }: Fenced,
  decide: () => Decision<WriteResult>,
): Decision<WriteResult> {
  const passed = passFence(annotations, owner, what);
  if ('refused' in passed) return { done: passed };
  const decision = decide();
  if ('wait' in decision) return decision;
  const { operations, behind } = passed;
  if (!('patch' in decision))
    return behind && !('refused' in decision.done) ? { patch: operations, done: decision.done } : decision;
  // The API server ignores annotations in a patch of the status, so a separate patch raises the epoch first.
  if (decision.subresource && behind) return { patch: operations };
  return { ...decision, patch: [...operations, ...decision.patch] };
}
