import { toNodeHandler, type NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import type { McpHttpHandler } from '@modelcontextprotocol/server';
import type { FastifyInstance } from 'fastify';
import type { Log } from '../observability/log.ts';
import { principalOf } from './access/gate.ts';
import { lacksScope } from './access/step-up.ts';
import type { RestDeps } from './rest/deps.ts';

/** The handler of MCP over Streamable HTTP. */
export type McpHandler = Pick<McpHttpHandler, 'fetch' | 'close'>;

interface McpOptions {
  readonly rest: RestDeps;
  readonly log: Log;
}

/** Registers MCP at /mcp. Returns a function that closes it. */
export function mountMcp(app: FastifyInstance, handler: McpHandler, { rest, log }: McpOptions): () => Promise<void> {
  const onerror = (error: Error): void => log.warn({ err: error }, 'MCP transport');
  const handle = toNodeHandler(handler, { onerror });
  app.all('/mcp', async (request, reply) => {
    if (await lacksScope(rest, request, reply)) return reply;
    reply.hijack();
    const principal = principalOf(request);
    // The token itself stays here, because nothing behind this may forward it.
    const auth = principal && { token: '', clientId: '', scopes: [], extra: { principal } };
    Object.assign(request.raw, auth && { auth });
    // Their type does not allow an undefined method, which a received request never has.
    await handle(request.raw as NodeIncomingMessageLike, reply.raw, request.body);
  });
  return () => handler.close();
}
