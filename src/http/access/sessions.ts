import { randomBytes } from 'node:crypto';

const COOKIE = 'sluice_session';
/** A person logs in again after this time. */
const SESSION_MS = 8 * 3_600_000;
const MAX_SESSIONS = 1000;

/**
 * Sessions of browsers, which cannot send a header when they open an address. A session stands for the token that it
 * began with, which is checked with each request, so that it ends when the token does. All end with the process.
 */
export class Sessions {
  readonly #open = new Map<string, { readonly token: string; readonly until: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** The value of Set-Cookie for a new session. Other sites cannot send it, and scripts cannot read it. */
  begin(token: string, secure: boolean): string {
    if (this.#open.size >= MAX_SESSIONS) this.#open.delete(this.#open.keys().next().value ?? '');
    const id = randomBytes(32).toString('base64url');
    this.#open.set(id, { token, until: this.#now() + SESSION_MS });
    return `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_MS / 1000}${secure ? '; Secure' : ''}`;
  }

  /** The token of the session in the header Cookie. Undefined without a session. */
  tokenIn(cookies: string | undefined): string | undefined {
    const id = (cookies ?? '')
      .split(';')
      .map((part) => part.trim())
      .find((part) => part.startsWith(`${COOKIE}=`))
      ?.slice(COOKIE.length + 1);
    const session = id === undefined ? undefined : this.#open.get(id);
    if (session && session.until > this.#now()) return session.token;
    if (id !== undefined) this.#open.delete(id);
    return undefined;
  }
}
