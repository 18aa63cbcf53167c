import type { Principal } from './caller.ts';
import type { Permission } from './permission.ts';

/** How a person logs in. */
export interface LoginRequest {
  /** By a code that is typed on another device (RFC 8628), in place of a redirect to this machine (RFC 8252). */
  readonly device: boolean;
  /** What the token shall permit. */
  readonly permissions: readonly Permission[];
  /** Shows the person where to log in. */
  readonly show: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Who has logged in, as far as it is shown. */
export interface LoggedIn {
  readonly principal: Principal;
  /** When the access token ends, in epoch ms. It is renewed by itself if `renewable`. */
  readonly expiresAt: number;
  readonly renewable: boolean;
}

export interface LoggedOut {
  /** The issuer has confirmed that it renews nothing any more. */
  readonly revoked: boolean;
  /** Until then the last access token may be accepted, by whoever has a copy of it. Epoch ms. */
  readonly expiresAt: number;
}

/** The login of the person at the command line. Errors of all: UNAUTHENTICATED, CREDENTIALS_UNAVAILABLE. */
export interface Login {
  /** Further errors: CONFIG_INVALID. */
  begin(request: LoginRequest): Promise<LoggedIn>;
  /** Undefined: nobody has logged in. A login that has ended is an error, and never another caller. */
  current(): Promise<LoggedIn | undefined>;
  /** Ends it, here and at the issuer. Undefined: nobody has logged in. */
  end(): Promise<LoggedOut | undefined>;
}
