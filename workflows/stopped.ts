import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { StopCause } from '../src/domain/release/stop.ts';

/** Ends the forward path of a release. Only workflows/release.ts catches it. */
export class ReleaseStopped extends Error {
  readonly stop: StopCause;

  constructor(stop: StopCause) {
    super(stop.reason);
    this.stop = stop;
  }
}

/** Every reason to end the forward path, including those that Temporal throws. */
export function stopCause(error: unknown): StopCause {
  if (error instanceof ReleaseStopped) return error.stop;
  if (isCancellation(error)) return { kind: 'cancelled', reason: 'the workflow was cancelled' };
  if (error instanceof ActivityFailure) return { kind: 'error', reason: failureText(error) };
  throw error;
}

function failureText(error: ActivityFailure): string {
  const cause = error.cause;
  return cause instanceof ApplicationFailure
    ? `${cause.type ?? 'INTERNAL'}: ${cause.message}`
    : (cause?.message ?? error.message);
}
