import { ApplicationFailure } from '@temporalio/common';
import { ERRORS, SluiceError } from '../src/domain/errors.ts';

/**
 * A cluster that has just started, or rotated a token, may refuse valid credentials for a moment. Each attempt reads
 * the credentials again. With the retry policy of workflows/activity-options.ts this is some 8 s.
 */
const FORBIDDEN_ATTEMPTS = 6;

/**
 * The only place that decides whether Temporal retries an activity. The catalogue decides for every known error.
 * Unknown errors are retried. Cancellations pass unchanged.
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
