import { SluiceError } from '../../domain/errors.ts';

/** The objects do not allow a conversion. `next`: the line to change, or the call to make. */
export function notConvertible(why: string, next: string): SluiceError {
  return new SluiceError('NOT_APPLICABLE', `${why} Nothing was changed.`, { next });
}
