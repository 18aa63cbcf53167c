import type { Caller } from '../domain/access/caller.ts';
import type { LastRun } from '../domain/release/queue.ts';
import type { ReleaseInput } from '../domain/release/release-input.ts';
import type { Target } from '../domain/release/target.ts';

/** What the queue of a target does to its releases. Errors of all: TEMPORAL_UNREACHABLE. */
export interface QueueSteps {
  /** Undefined: the target has had no release, or Temporal has deleted it. */
  lastRun(releaseId: string): Promise<LastRun | undefined>;
  /** Errors: TARGET_BUSY. */
  start(input: ReleaseInput): Promise<{ readonly runId: string }>;
  /** Aborts this run, and no later one. Errors: those of ReleaseGateway.command. */
  abort(
    releaseId: string,
    request: { readonly runId: string; readonly requestId: string; readonly who: string; readonly why: string },
  ): Promise<void>;
  /** Why the rules of this worker do not let the caller do it now. Undefined: they do. */
  refusalOf(caller: Caller, tool: 'release_start' | 'release_abort', target: Target): string | undefined;
}
