import {
  createMcpHandler,
  ProtocolErrorCode,
  type AuthInfo,
  type McpHttpHandler,
  type McpServer,
} from '@modelcontextprotocol/server';
import type { Principal } from '../domain/access/caller.ts';
import { failureText, toFailure } from '../contract/failure.ts';
import type { Gate } from '../commands/gate.ts';
import { ResourceHub } from '../feeds/hub.ts';
import type { McpDeps } from './deps.ts';
import { isListen, startWatching } from './listen.ts';
import { createOffer, type Offer } from './offer.ts';
import { readableBy } from './readable.ts';
import { createServer } from './server.ts';
import { narrowed } from './toolsets.ts';
import { CALLER_HEADER } from '../contract/caller-header.ts';

/** MCP over Streamable HTTP, without sessions: a new server answers each request. */
export type McpHttp = Pick<McpHttpHandler, 'fetch' | 'close'>;

type Fetch = McpHttpHandler['fetch'];

export function createMcpHttp(deps: McpDeps): McpHttp {
  const offerOf = offers(deps);
  const onerror = (err: Error): void => deps.log.warn({ err }, 'MCP transport');
  const handler = createMcpHandler(
    ({ era, requestInfo, authInfo }): McpServer =>
      createServer(offerOf(narrowed(deps, requestInfo?.url)), {
        era,
        subscribes: era === 'modern',
        kept: false,
        ...nameIn(requestInfo),
        ...principalIn(authInfo),
      }),
    { onerror },
  );
  const hub = new ResourceHub({
    scope: deps.services,
    log: deps.log,
    publish: (uri) => handler.notify.resourceUpdated(uri),
  });
  const fetch: Fetch = async (request, options = {}) => {
    const gate = gateOrRefusal(deps, request, options.parsedBody);
    if (gate instanceof Response) return gate;
    return isListen(options.parsedBody)
      ? listen(options.parsedBody, gate, request, options)
      : handler.fetch(request, options);
  };
  const listen = async (
    asked: Parameters<typeof startWatching>[0],
    gate: Gate,
    ...[request, options]: Parameters<Fetch>
  ): Promise<Response> => {
    const offer = offerOf(gate);
    const { message, release } = startWatching(
      asked,
      hub,
      offer.resources,
      readableBy(offer, principalIn(options?.authInfo).principal),
    );
    request.signal.addEventListener('abort', release, { once: true });
    const response = await handler.fetch(request, { ...options, parsedBody: message });
    if (request.signal.aborted || !response.headers.get('content-type')?.startsWith('text/event-stream')) release();
    return response;
  };
  return { fetch, close: () => (hub.close(), handler.close()) };
}

/** What the HTTP server has proved. */
function principalIn(authInfo: AuthInfo | undefined): { readonly principal?: Principal } {
  const { principal } = (authInfo?.extra ?? {}) as { principal?: Principal };
  return principal ? { principal } : {};
}

function nameIn(request: Request | undefined): { readonly named?: string } {
  const named = request?.headers.get(CALLER_HEADER);
  return named ? { named } : {};
}

/** The offer to callers of a gate, built once for each set of toolsets. */
function offers(deps: McpDeps): (gate: Gate) => Offer {
  const made = new Map<string, Offer>();
  return (gate) => {
    const key = gate.toolsets.join();
    const offer = made.get(key) ?? createOffer({ ...deps, gate });
    made.set(key, offer);
    return offer;
  };
}

/** This runs before the SDK makes a server: an error of its factory would be reported as an internal error. */
function gateOrRefusal(deps: McpDeps, request: Request, body: unknown): Gate | Response {
  try {
    return narrowed(deps, request.url);
  } catch (error) {
    const failure = toFailure(error);
    const { id = null } = (typeof body === 'object' && body !== null ? body : {}) as { id?: unknown };
    const failed = { code: ProtocolErrorCode.InvalidParams, message: failureText(failure), data: failure };
    return Response.json({ jsonrpc: '2.0', id, error: failed }, { status: 400 });
  }
}
