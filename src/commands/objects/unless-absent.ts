import { SluiceError } from '../../domain/errors.ts';

/** For `catch` of a read: an object that does not exist, or whose namespace does not, is undefined. */
export function unlessAbsent(error: unknown): undefined {
  if (error instanceof SluiceError && ['OBJECT_NOT_FOUND', 'NAMESPACE_NOT_FOUND'].includes(error.code))
    return undefined;
  throw error;
}
