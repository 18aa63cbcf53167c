import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Authenticator } from '../../domain/access/authenticator.ts';
import type { Identity } from '../../domain/access/caller.ts';
import { createPrivate, readPrivate } from './private-file.ts';

const FORM = /^slt_[\w-]{43}$/;

/** The token of the file, which is made if it is missing. Errors: CREDENTIALS_UNAVAILABLE. */
export function localToken(path: string): string {
  const known = knownToken(path);
  if (known !== undefined) return known;
  createPrivate(path, `slt_${randomBytes(32).toString('base64url')}\n`);
  return knownToken(path) ?? '';
}

/** The token of the file. Undefined if there is none. Errors: CREDENTIALS_UNAVAILABLE. */
export function knownToken(path: string): string | undefined {
  const text = readPrivate(path)?.trim();
  return text !== undefined && FORM.test(text) ? text : undefined;
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
