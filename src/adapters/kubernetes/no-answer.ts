import { plainLine } from './text.ts';

/**
 * The parts of an error that are read here. They are read by shape and not by class, because errors may come from
 * another realm (as in tests).
 */
interface ErrorLike {
  readonly name?: string;
  readonly message?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

export function isTimeout(error: unknown): boolean {
  const { name } = asError(error);
  return name === 'TimeoutError' || name === 'AbortError';
}

/**
 * Why a request got no answer, for a message. fetch has the relevant error ("ECONNREFUSED …") one or two causes down.
 */
export function whyNoAnswer(error: unknown, timeoutMs: number): string {
  if (isTimeout(error)) return `no answer within ${timeoutMs} ms`;
  const { cause, errors, message } = asError(error);
  const inner = cause ?? errors?.[0];
  return inner === undefined ? plainLine(message || String(error)) : whyNoAnswer(inner, timeoutMs);
}

function asError(error: unknown): ErrorLike {
  return typeof error === 'object' && error !== null ? error : {};
}
