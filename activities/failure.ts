import { ApplicationFailure } from '@temporalio/common';
import { ERRORS, SluiceError } from '../src/domain/errors.ts';

/**
 * A cluster that has just started, or rotated a token, refuses credentials that are good a moment later. Each attempt
 * reads the credentials anew. With the retry policy of workflows/activity-options.ts this is some 8 s.
 */
const FORBIDDEN_ATTEMPTS = 6;

/**
 * The only place that decides whether Temporal tries an activity again: the catalogue says it for every known
 * error; what is not known is tried again. Cancellations pass through as they are.
 */
export function toFailure(error: unknown, attempt = FORBIDDEN_ATTEMPTS): unknown {
  if (!(error instanceof SluiceError)) return error;
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: !ERRORS[error.code].retryable && !(error.code === 'FORBIDDEN' && attempt < FORBIDDEN_ATTEMPTS),
    details: [{ next: error.next }],
  });
}
