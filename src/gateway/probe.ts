import { SluiceError } from '../domain/errors.ts';
import { openOwnSession, type OwnSession } from './own-call.ts';
import { ask, ENVELOPE, modernHeaders } from './own-request.ts';
import type { Upstream } from './upstream.ts';

/** Pings one version. */
export interface Pinger {
  /**
   * Resolves when the version has answered, whatever it said; with false if there was nothing to ping. Throws
   * SluiceError when the version has not answered.
   */
  ping(timeoutMs: number): Promise<boolean>;
  close(): void;
}

/**
 * Pings one version: in a session of the gateway's own, or with `server/discover` where the version opens none. The
 * session is kept, so a version that is a process has one process more for it.
 */
export class Probe implements Pinger {
  readonly #upstream: Upstream;
  #session: OwnSession | undefined;
  #opening: Promise<OwnSession> | undefined;
  #closed = false;
  /** The version speaks revision 2026-07-28 only. */
  #modern = false;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  async ping(timeoutMs: number): Promise<boolean> {
    try {
      await inPingTime(timeoutMs, (late) => (this.#modern ? this.#discover(late) : this.#inSession(late)));
      return true;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    this.#end();
  }

  /** A version over HTTP may have forgotten the session. Then another one is opened, once. */
  async #inSession(late: AbortSignal): Promise<void> {
    const kept = this.#session;
    if (kept && !(await refusal(kept.request('ping', {}, late)))) return;
    if (kept) this.#end();
    const refused = await refusal(this.#open());
    if (refused === undefined) return;
    await this.#discover(late);
    this.#modern = true;
  }

  /** A version that takes long is not asked a second time meanwhile: each attempt may be a process. */
  async #open(): Promise<void> {
    this.#opening ??= openOwnSession(this.#upstream, {}).finally(() => (this.#opening = undefined));
    const session = await this.#opening;
    if (this.#closed) return session.end();
    this.#session = session;
  }

  async #discover(late: AbortSignal): Promise<void> {
    const sending = { headers: modernHeaders('server/discover'), signal: late };
    await refusal(ask(this.#upstream, 'server/discover', { _meta: ENVELOPE }, sending));
  }

  #end(): void {
    void this.#session?.end().catch(() => undefined);
    this.#session = undefined;
  }
}

/** Throws UPSTREAM_TIMEOUT if the answer takes longer. `late` is aborted then. */
export async function inPingTime(timeoutMs: number, asked: (late: AbortSignal) => Promise<unknown>): Promise<void> {
  const late = AbortSignal.timeout(timeoutMs);
  const { promise: never, reject } = Promise.withResolvers<never>();
  const tell = (): void =>
    reject(new SluiceError('UPSTREAM_TIMEOUT', `The version has not answered a ping for ${timeoutMs / 1000} s.`));
  late.addEventListener('abort', tell, { once: true });
  try {
    await Promise.race([asked(late), never]);
  } finally {
    late.removeEventListener('abort', tell);
  }
}

const SERVER_ERROR = 500;

/** The status with which the version has refused a request, which is an answer too. Undefined if it has not refused. */
export async function refusal(asked: Promise<unknown>): Promise<number | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    const refused = error instanceof SluiceError ? error.details?.['refused'] : undefined;
    if (typeof refused === 'number' && refused < SERVER_ERROR) return refused;
    throw error;
  }
}
