import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError } from '@modelcontextprotocol/server';
import { failureText, toFailure } from '../contract/failure.ts';
import { ERRORS, SluiceError } from '../domain/errors.ts';

/**
 * Converts an error to a protocol error whose data is the failure of the error catalogue. Resources and prompts have no
 * `isError`.
 */
export function protocolError(error: unknown, uri?: string): ProtocolError {
  if (error instanceof ProtocolError) return error;
  const failure = toFailure(error);
  const status = error instanceof SluiceError ? ERRORS[error.code].http : 500;
  if (uri !== undefined && status === 404) return new ResourceNotFoundError(uri, failureText(failure));
  return new ProtocolError(
    status < 500 ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError,
    failureText(failure),
    failure,
  );
}
