import { ApplicationFailure } from '@temporalio/common';
import { ERRORS, SluiceError } from '../src/domain/errors.ts';

/**
 * The only place that decides whether Temporal tries an activity again: the catalogue says it for every known
 * error; what is not known is tried again. Cancellations pass through as they are.
 */
export function toFailure(error: unknown): unknown {
  if (!(error instanceof SluiceError)) return error;
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: !ERRORS[error.code].retryable,
    details: [{ next: error.next }],
  });
}
