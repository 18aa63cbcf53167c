import { originOf } from '../src/domain/release/release-input.ts';
import type { ReleaseInput } from './messages.ts';
import { has } from './patches.ts';

type Origin = ReturnType<typeof originOf> & { readonly back?: { readonly reason: string } };

const known = new WeakMap<ReleaseInput, Origin>();

/**
 * Who and what has started a release, for its view, and why it goes back. A run that releases something does not ask
 * for the patch, because each patch costs two events. A run asks once, at its beginning: a run of before would get
 * another answer when its history has been replayed, and a query must write nothing.
 */
export function originIn(input: ReleaseInput): Origin {
  const found = known.get(input);
  if (found) return found;
  const { recover } = input;
  const origin = { ...originOf(input), ...(recover && has('audited-further') && { back: { reason: recover.reason } }) };
  known.set(input, origin);
  return origin;
}
