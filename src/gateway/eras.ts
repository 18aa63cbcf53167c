import { SluiceError } from '../domain/errors.ts';
import { isFields, type RpcMessage } from '../domain/gateway/message.ts';
import type { ServerVersion } from '../domain/servers/server.ts';
import { parseOrNothing } from './json.ts';
import { soon } from './known-lists.ts';
import { ask, ENVELOPE, modernHeaders, MODERN } from './own-request.ts';
import type { Upstream } from './upstream.ts';

/** How long a call waits for what the version speaks, in ms. A process that starts answers neither of them sooner. */
const PATIENCE_MS = 10_000;
/** A version that does not speak it, or does not say, is asked again after this time, in ms. */
const AGAIN_MS = 60_000;
/** The revisions that open with initialize, in which client and version agree on one of them. */
const LEGACY = ['2025-11-25', '2025-06-18', '2025-03-26'];
/** Errors that tell nothing about the revision: internal error, no session, wrong header, missing capability. */
const NO_EVIDENCE = [-32_603, -32_001, -32_020, -32_021];
/** What versions of 2025 behind HTTP answer to a request without a session, or with an unknown revision. */
const REFUSALS = [400, 404, 405];

/**
 * Whether versions speak revision 2026-07-28. A client chooses it once and keeps to it, so during a release and after a
 * rollback its requests may reach a version that does not.
 */
export class Eras {
  readonly #known = new WeakMap<Upstream, { readonly speaks: boolean; readonly until: number }>();
  readonly #asked = new WeakMap<Upstream, { readonly until: number; readonly found: Promise<boolean | undefined> }>();

  /** Undefined: it is not known. */
  of(upstream: Upstream): boolean | undefined {
    const known = this.#known.get(upstream);
    return known && known.until > Date.now() ? known.speaks : undefined;
  }

  /** Asks the version itself. Undefined: it does not say. */
  ask(upstream: Upstream, headers: Readonly<Record<string, string>>): Promise<boolean | undefined> {
    const asked = this.#asked.get(upstream);
    if (asked && asked.until > Date.now()) return asked.found;
    const learned = discovered(upstream, headers).then((speaks) => this.#learn(upstream, speaks));
    const found = soon(learned, PATIENCE_MS);
    this.#asked.set(upstream, { until: Date.now() + AGAIN_MS, found });
    return found;
  }

  /** A version has answered a request of revision 2026-07-28 with this message. */
  heard(upstream: Upstream, method: string, text: string): void {
    if (method === 'server/discover') {
      const message = parseOrNothing(text);
      if (isFields(message) && ('result' in message || 'error' in message)) this.#learn(upstream, offersIt(message));
    } else if (this.of(upstream) !== true && text.includes('"resultType"')) this.#learn(upstream, true);
  }

  #learn(upstream: Upstream, speaks: boolean | undefined): boolean | undefined {
    const until = speaks === true ? Infinity : Date.now() + AGAIN_MS;
    if (speaks !== undefined) this.#known.set(upstream, { speaks, until });
    return speaks;
  }
}

/** Whether the version has to speak revision 2026-07-28 to answer. Clients ask `server/discover` to find that out. */
export function needsModern({ kind, method, modern }: RpcMessage): boolean {
  return modern && kind === 'request' && method !== 'server/discover';
}

export function unsupported({ version }: ServerVersion): SluiceError {
  return new SluiceError(
    'GATEWAY_REVISION_UNSUPPORTED',
    `Version ${version} of the server does not speak revision ${MODERN} of the protocol.`,
    { details: { supported: LEGACY, requested: MODERN } },
  );
}

async function discovered(upstream: Upstream, headers: Readonly<Record<string, string>>): Promise<boolean | undefined> {
  const sending = { headers: modernHeaders('server/discover', headers) };
  try {
    return offersIt({ result: await ask(upstream, 'server/discover', { _meta: ENVELOPE }, sending) });
  } catch (error) {
    const { refused, rpc } = (error instanceof SluiceError ? error.details : undefined) ?? {};
    if (refused === 0) return offersIt({ error: { code: rpc } });
    return typeof refused === 'number' && REFUSALS.includes(refused) ? false : undefined;
  }
}

/** What the answer to `server/discover` says. Only versions of 2026 have the method. */
function offersIt({ result, error }: Readonly<Record<string, unknown>>): boolean | undefined {
  if (isFields(error)) return NO_EVIDENCE.includes(Number(error['code'])) ? undefined : false;
  const supported = isFields(result) ? result['supportedVersions'] : undefined;
  return Array.isArray(supported) ? supported.includes(MODERN) : undefined;
}
