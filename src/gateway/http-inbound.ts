import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isFields, textAt } from '../domain/gateway/message.ts';
import type { Proven } from './access.ts';
import type { Inbound } from './inbound.ts';
import { principalOf, provenPrincipal, type Principal } from './principal.ts';

/** The header in which a caller asks for a version. Answers do not repeat it. */
const WANTED = 'x-mcp-server-version';

/** Headers that concern one connection only, or that the gateway sets itself. */
const NOT_PASSED = new Set([
  ...['connection', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'host', 'content-length', 'expect', 'origin', 'accept-encoding', 'mcp-session-id', WANTED],
]);

/** What the address names, and who calls. `wanted`: the version, if the address names one. */
export interface Addressed {
  readonly server: string;
  readonly wanted: string | undefined;
  /** Undefined on a gateway that asks nobody. */
  readonly caller: Proven | undefined;
}

/** What a request says before its body is read. */
export function inboundOf(
  { server, wanted, caller }: Addressed,
  { headers, socket }: IncomingMessage,
  signal: AbortSignal,
): Inbound {
  const text = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const principal = caller ? provenPrincipal(caller, headers) : principalOf(headers, socket.remoteAddress ?? '');
  const session = text('mcp-session-id');
  return {
    server,
    principal,
    session,
    wanted: wanted ?? text(WANTED),
    via: 'http',
    headers: passed(headers, caller),
    signal,
  };
}

/** Callers at one address are told apart by the name of their client. */
export function withClient(principal: Principal, params: Readonly<Record<string, unknown>>): Principal {
  if (principal.known || !isFields(params['_meta'])) return principal;
  const client = params['_meta']['io.modelcontextprotocol/clientInfo'];
  if (!isFields(client)) return principal;
  return { ...principal, key: `${principal.key} ${textAt(client, 'name') ?? ''} ${textAt(client, 'version') ?? ''}` };
}

/** The credential for the gateway is not for the version, which could use it here in the caller's name. */
function passed(headers: IncomingHttpHeaders, caller: Proven | undefined): Record<string, string> {
  const kept = caller && !caller.forVersion ? 'authorization' : undefined;
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || name === kept || NOT_PASSED.has(name)
        ? []
        : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
