import { originOf } from '../src/domain/release/release-input.ts';
import type { ReleaseInput } from './messages.ts';
import { has } from './patches.ts';

/**
 * Who and what has started a release, for its view, and why it goes back. A run that releases something does not ask
 * for the patch, because each patch costs two events.
 */
export function originIn(input: ReleaseInput) {
  const { recover } = input;
  return { ...originOf(input), ...(recover && has('audited-further') && { back: { reason: recover.reason } }) };
}
