import { isFields } from '../domain/gateway/message.ts';
import { messageHeaders, mismatchIn, paramHeadersOf, type ParamHeader } from '../domain/gateway/message-headers.ts';
import { SluiceError } from '../domain/errors.ts';
import type { RegisteredServer, ServerVersion } from '../domain/servers/server.ts';
import type { InboundMessage } from './inbound.ts';
import { parseOrNothing } from './json.ts';

type Declared = ReadonlyMap<string, readonly ParamHeader[]>;

/**
 * Headers that repeat what a request of revision 2026-07-28 says. They are checked for a version that does not see
 * headers, and made for a caller that does not send any. Which arguments they repeat is known from the lists of tools
 * that pass through, so nobody is asked for it.
 */
export class ParamHeaders {
  readonly #known = new Map<string, Map<string, Declared>>();

  /** A version has answered a list of tools. */
  listed(server: string, version: string, text: string): void {
    const known = this.#known.get(server)?.get(version);
    if (known === undefined && !text.includes('"x-mcp-header"')) return;
    const { result } = (parseOrNothing(text) ?? {}) as { result?: unknown };
    const tools = isFields(result) && Array.isArray(result['tools']) ? result['tools'].filter(isFields) : [];
    const found = tools.map((tool) => [String(tool['name']), paramHeadersOf(tool['inputSchema'])] as const);
    const versions = this.#known.get(server) ?? new Map<string, Declared>();
    this.#known.set(server, versions.set(version, new Map([...(known ?? []), ...found])));
  }

  /** Forgets what a server had that has changed. */
  forget({ name }: RegisteredServer): void {
    this.#known.delete(name);
  }

  /** The headers for the version. Errors: GATEWAY_HEADER_MISMATCH. */
  headersFor({ server, message, headers, via }: InboundMessage, version: ServerVersion): InboundMessage['headers'] {
    const seesHeaders = version.transport === 'streamable-http';
    if (!message.modern || message.kind !== 'request' || seesHeaders === (via === 'http')) return headers;
    const tool = message.method === 'tools/call' ? String(message.params['name']) : '';
    const declared = this.#known.get(server)?.get(version.version)?.get(tool) ?? [];
    if (seesHeaders) return { ...headers, ...messageHeaders(message, declared) };
    const mismatch = mismatchIn(headers, message, declared);
    if (mismatch === undefined) return headers;
    throw new SluiceError('GATEWAY_HEADER_MISMATCH', `Headers and message of the request differ: ${mismatch}.`);
  }
}
