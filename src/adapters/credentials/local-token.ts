import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Authenticator } from '../../domain/access/authenticator.ts';
import type { Identity } from '../../domain/access/caller.ts';
import { createPrivate, readPrivate, unavailable } from './private-file.ts';

const FORM = /^slt_[\w-]{43}$/;

/** The token of the file, which is made if it is missing. Errors: CREDENTIALS_UNAVAILABLE. */
export function localToken(path: string): string {
  const known = knownToken(path);
  if (known !== undefined) return known;
  createPrivate(path, `slt_${randomBytes(32).toString('base64url')}\n`);
  const made = knownToken(path);
  if (made === undefined) throw unavailable(path, new Error('it was removed meanwhile'));
  return made;
}

/** The token of the file. Undefined if there is no file. Errors: CREDENTIALS_UNAVAILABLE. */
export function knownToken(path: string): string | undefined {
  const text = readPrivate(path)?.trim();
  if (text !== undefined && !FORM.test(text))
    throw unavailable(path, new Error('it does not contain a token. Remove it, and a new one is made'));
  return text;
}

/** Who has the token of the file can read the files of its owner, so it calls for the owner. */
export function localAuthenticator(token: string, owner: Identity): Authenticator {
  const wanted = digest(token);
  return {
    authenticate: (given) => Promise.resolve(timingSafeEqual(digest(given), wanted) ? { identity: owner } : undefined),
  };
}

/** Digests have one length, so that comparing them takes the same time for every token. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
