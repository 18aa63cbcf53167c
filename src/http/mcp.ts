import { toNodeHandler, type NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import type { McpHttpHandler } from '@modelcontextprotocol/server';
import type { FastifyInstance } from 'fastify';
import type { Log } from '../observability/log.ts';

/** The handler of MCP over Streamable HTTP. */
export type McpHandler = Pick<McpHttpHandler, 'fetch' | 'close'>;

/** Registers MCP at /mcp. Returns a function that closes it. */
export function mountMcp(app: FastifyInstance, handler: McpHandler, log: Log): () => Promise<void> {
  const onerror = (error: Error): void => log.warn({ err: error }, 'MCP transport');
  const handle = toNodeHandler(handler, { onerror });
  app.all('/mcp', async (request, reply) => {
    reply.hijack();
    // Their type does not allow an undefined method, which a received request never has.
    await handle(request.raw as NodeIncomingMessageLike, reply.raw, request.body);
  });
  return () => handler.close();
}
