import { SluiceError } from '../../domain/errors.ts';
import { failureOf, serverStatus } from '../kubernetes/failure.ts';
import type { ApiResponse } from '../kubernetes/transport.ts';

/**
 * As `failureOf`. The caller wrote a part of the request, so a request that the API server does not understand is the
 * caller's fault.
 */
export function failureFor(response: ApiResponse, cluster: string, what: string): SluiceError {
  if (response.status !== 400) return failureOf(response, cluster, what);
  return new SluiceError('INVALID_INPUT', `The API server cannot ${what}: ${serverStatus(response).message}`);
}
