import { ERRORS, type SluiceError } from '../domain/errors.ts';
import type { RpcId } from '../domain/gateway/message.ts';

const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;
/** The code that SDKs use for an unknown session. */
const NO_SESSION = -32001;
const HEADER_MISMATCH = -32_020;
/** UnsupportedProtocolVersionError of revision 2026-07-28. Its data has `supported` and `requested`. */
const UNSUPPORTED_REVISION = -32_022;

/** A failure of the gateway as the JSON-RPC answer to a request. Its `data` has the code of the catalogue. */
export function failureMessage(error: SluiceError, id: RpcId | null): string {
  const own: Readonly<Partial<Record<string, number>>> = {
    GATEWAY_SESSION_UNKNOWN: NO_SESSION,
    GATEWAY_HEADER_MISMATCH: HEADER_MISMATCH,
    GATEWAY_REVISION_UNSUPPORTED: UNSUPPORTED_REVISION,
  };
  const code = own[error.code] ?? (ERRORS[error.code].http < 500 ? INVALID_PARAMS : INTERNAL_ERROR);
  const data = { code: error.code, next: error.next, ...error.details };
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message: `${error.message} ${error.next}`, data } });
}

/**
 * The status over HTTP. A version that fails is told in the answer to its request, with status 200: clients show the
 * message of a JSON-RPC error, and hide that of another status.
 */
export function statusOf(error: SluiceError, answersRequest: boolean): number {
  const { http } = ERRORS[error.code];
  return answersRequest && error.code.startsWith('UPSTREAM_') ? 200 : http;
}
