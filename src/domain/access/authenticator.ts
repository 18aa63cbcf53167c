import type { Principal } from './caller.ts';

/** Recognizes the token of a request. */
export interface Authenticator {
  /**
   * Whom the token proves. Undefined if it proves nobody: it is unknown, expired, revoked, or made for somebody else.
   * Errors: CREDENTIALS_UNAVAILABLE when that cannot be decided now.
   */
  authenticate(token: string): Promise<Principal | undefined>;
}

/** Longer tokens are refused unread. */
export const MAX_TOKEN = 8192;

/** The first authenticator that recognizes the token decides. */
export function anyOf(authenticators: readonly Authenticator[]): Authenticator {
  return {
    async authenticate(token) {
      if (token === '' || token.length > MAX_TOKEN) return undefined;
      for (const authenticator of authenticators) {
        const principal = await authenticator.authenticate(token);
        if (principal) return principal;
      }
      return undefined;
    },
  };
}
