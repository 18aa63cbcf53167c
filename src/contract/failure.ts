import { ERRORS, SluiceError, type ErrorCode } from '../domain/errors.ts';
import { cleanText, maskSecrets } from '../domain/safe-text.ts';

/** An error as every interface shows it. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly next: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Converts any thrown value to the form of the catalogue. An unknown error keeps its text for the log. */
export function toFailure(error: unknown): Failure {
  if (!(error instanceof SluiceError))
    return { code: 'INTERNAL', message: ERRORS.INTERNAL.meaning, next: ERRORS.INTERNAL.next };
  const details = masked(error.details);
  return {
    code: error.code,
    message: safe(error.message),
    next: safe(error.next),
    ...(Object.keys(details).length > 0 ? { details } : {}),
  };
}

export function failureText({ code, message, next }: Failure): string {
  return `${code}: ${message}\nNext: ${next}`;
}

function safe(text: string): string {
  return maskSecrets(cleanText(text, 4000));
}

function masked(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(details, (_, value: unknown) => (typeof value === 'string' ? safe(value) : value)),
  ) as Record<string, unknown>;
}
