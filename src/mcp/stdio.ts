import type { McpServer, Transport } from '@modelcontextprotocol/server';
import { serveStdio, StdioServerTransport, type StdioServerHandle } from '@modelcontextprotocol/server/stdio';
import { ResourceHub, type MayRead } from '../feeds/hub.ts';
import type { McpDeps } from './deps.ts';
import { isListen, startWatching } from './listen.ts';
import { createOffer, type Offer } from './offer.ts';
import { readableBy } from './readable.ts';
import { protocolError } from './protocol-error.ts';
import { createServer } from './server.ts';

export interface McpStdioOptions {
  /** Called when the client has sent its first message. */
  readonly onConnection?: () => void;
}

/**
 * MCP over stdin and stdout. The first message decides the protocol era, and one server answers the whole connection.
 */
export function serveMcpStdio(deps: McpDeps, { onConnection }: McpStdioOptions = {}): StdioServerHandle {
  const offer = createOffer(deps);
  const principal = deps.user && { identity: deps.user };
  const mayRead = readableBy(offer, principal);
  let current: McpServer | undefined;
  const publish = (uri: string): void =>
    void current?.server
      .sendResourceUpdated({ uri })
      .catch((err: unknown) => deps.log.warn({ err, uri }, 'MCP notification'));
  const hub = new ResourceHub({ scope: deps.services, log: deps.log, publish });
  const transport = new StdioServerTransport();
  const handle = serveStdio(
    ({ era }) => {
      onConnection?.();
      current = createServer(offer, { era, subscribes: true, kept: true, ...(principal && { principal }) });
      if (era === 'legacy') handleSubscriptions(current, hub, offer, mayRead);
      return current;
    },
    { transport, onerror: (err) => deps.log.warn({ err }, 'MCP transport') },
  );
  interceptListen(transport, hub, offer, mayRead);
  return { close: () => (hub.close(), handle.close()) };
}

/** 2025: one request for each address. */
function handleSubscriptions({ server }: McpServer, hub: ResourceHub, { resources }: Offer, mayRead: MayRead): void {
  const held = new Map<string, () => void>();
  server.setRequestHandler('resources/subscribe', ({ params: { uri } }) => {
    try {
      if (!held.has(uri)) held.set(uri, hub.hold(uri, resources, mayRead));
      return {};
    } catch (error) {
      throw protocolError(error);
    }
  });
  server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    held.get(uri)?.();
    held.delete(uri);
    return {};
  });
}

/**
 * 2026: the SDK answers `subscriptions/listen` itself and does not expose the addresses, so the incoming messages are
 * read here.
 */
function interceptListen(transport: Transport, hub: ResourceHub, { resources }: Offer, mayRead: MayRead): void {
  const deliver = transport.onmessage;
  const open = new Map<string | number, () => void>();
  transport.onmessage = (message, extra) => {
    const cancelled = cancelledId(message);
    if (cancelled !== undefined) {
      open.get(cancelled)?.();
      open.delete(cancelled);
    }
    if (!isListen(message)) return deliver?.(message, extra);
    const taken = startWatching(message, hub, resources, mayRead);
    open.get(message.id)?.();
    open.set(message.id, taken.release);
    deliver?.(taken.message, extra);
  };
}

function cancelledId(message: unknown): string | number | undefined {
  const { method, params } = message as { method?: unknown; params?: { requestId?: string | number } };
  return method === 'notifications/cancelled' ? params?.requestId : undefined;
}
