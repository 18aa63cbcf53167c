import { DELIVERY_ERRORS } from './errors/delivery.ts';
import type { ErrorEntry } from './errors/entry.ts';
import { GATEWAY_ERRORS } from './errors/gateway.ts';
import { HELM_ERRORS } from './errors/helm.ts';
import { OBJECT_ERRORS } from './errors/objects.ts';
import { RELEASE_ERRORS } from './errors/releases.ts';
import { REQUEST_ERRORS } from './errors/requests.ts';
import { SERVER_ERRORS } from './errors/servers.ts';
import { SYSTEM_ERRORS } from './errors/systems.ts';

/** Every error that a caller can see. HTTP status, CLI exit code and retry class are defined there only. */
export const ERRORS = {
  ...REQUEST_ERRORS,
  ...OBJECT_ERRORS,
  ...HELM_ERRORS,
  ...RELEASE_ERRORS,
  ...SERVER_ERRORS,
  ...SYSTEM_ERRORS,
  ...GATEWAY_ERRORS,
  ...DELIVERY_ERRORS,
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** An error from the catalogue: what happened (`message`), its code and the next action. */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly code: ErrorCode;
  readonly next: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { next?: string; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.next = options.next ?? ERRORS[code].next;
    this.details = options.details ?? {};
  }
}

/** For the `catch` of a read that may fail: undefined for an error of the catalogue. Any other error is thrown. */
export function ignoreFailure(error: unknown): undefined {
  if (!(error instanceof SluiceError)) throw error;
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}
