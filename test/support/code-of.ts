import { SluiceError } from '../../src/domain/errors.ts';

/** The code and the details of the error that a call throws. Throws if it throws nothing, or another error. */
export function codeOf(call: () => unknown): readonly [string, Readonly<Record<string, unknown>>] {
  try {
    call();
  } catch (error) {
    if (error instanceof SluiceError) return [error.code, error.details];
    throw error;
  }
  throw new Error('nothing was thrown');
}
