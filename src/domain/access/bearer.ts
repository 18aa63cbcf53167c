import { SluiceError } from '../errors.ts';

/** The token of a header with a credential. Undefined: no header. Empty, which no token is: another scheme. */
export function bearerIn(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  return /^Bearer +(\S+)$/i.exec(header)?.[1] ?? '';
}

/** Why a request is refused whose credential proves nobody. */
export function unauthenticated(token: string | undefined): SluiceError {
  return new SluiceError(
    'UNAUTHENTICATED',
    token === undefined
      ? 'The request has no credential.'
      : 'The credential is not valid: it is unknown, expired, revoked, or made for another server.',
  );
}
