import type { Caller } from '../domain/access/caller.ts';
import type { ReleaseInput } from '../domain/release/release-input.ts';

/** A release that was started, or that waits in the queue of its target. */
export type StartedOrQueued =
  | { readonly id: string; readonly runId: string }
  | { readonly id: string; readonly queued: true; readonly position?: number };

/**
 * Starts releases under the workflow ids of their targets. `caller`: who is responsible, for a release that has to
 * wait. Errors: TARGET_BUSY, QUEUE_FULL, TEMPORAL_UNREACHABLE.
 */
export interface ReleaseStarter {
  start(
    input: Pick<ReleaseInput, 'spec' | 'startedBy' | 'requestId' | 'proposer'>,
    caller: Caller,
  ): Promise<StartedOrQueued>;
}
