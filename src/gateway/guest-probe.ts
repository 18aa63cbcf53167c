import { ask, ENVELOPE, JSON_HEADERS, LEGACY, modernHeaders } from './own-request.ts';
import { inPingTime, refusal, type Pinger } from './probe.ts';
import type { Upstream } from './upstream.ts';

/** What a caller uses of a version at present. */
export interface Use {
  /** The version's own id of the caller's session. Absent: the caller sends requests outside of any session. */
  readonly session?: string;
}

/**
 * Pings a version where its only caller uses it: in the caller's session, or beside the caller's requests. It starts no
 * process and opens no connection of its own.
 */
export class GuestProbe implements Pinger {
  readonly #upstream: Upstream;
  readonly #use: () => Use | undefined;

  /** `use`: undefined while nobody uses the version. */
  constructor(upstream: Upstream, use: () => Use | undefined) {
    this.#upstream = upstream;
    this.#use = use;
  }

  async ping(timeoutMs: number): Promise<boolean> {
    const use = this.#use();
    if (!use) return false;
    await inPingTime(timeoutMs, (late) => refusal(this.#ask(use, late)));
    return true;
  }

  close(): void {
    // Nothing is its own.
  }

  #ask({ session }: Use, signal: AbortSignal): Promise<unknown> {
    if (session === undefined) {
      const sending = { headers: modernHeaders('server/discover'), signal };
      return ask(this.#upstream, 'server/discover', { _meta: ENVELOPE }, sending);
    }
    const headers = { ...JSON_HEADERS, 'mcp-protocol-version': LEGACY };
    return ask(this.#upstream, 'ping', {}, { headers, session, signal });
  }
}
