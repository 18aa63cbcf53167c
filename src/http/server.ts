import { createMcpFastifyApp } from '@modelcontextprotocol/fastify';
import { toNodeHandler, type NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import { createMcpHandler, type McpServerFactory } from '@modelcontextprotocol/server';
import type { FastifyInstance } from 'fastify';
import { SluiceError } from '../domain/errors.ts';
import type { Log } from '../observability/log.ts';

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly mcp: McpServerFactory;
  readonly log: Log;
  readonly version: string;
}

export interface HttpServer {
  /** Where MCP answers. */
  readonly mcpUrl: string;
  close(): Promise<void>;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/** Refuses to listen where others could reach it: there is no authentication yet. */
export function requireLoopback(host: string): void {
  if (LOOPBACK.includes(host)) return;
  throw new SluiceError('CONFIG_INVALID', `SLUICE_HOST=${host}: without authentication the server binds to loopback only, and authentication is not built yet.`, {
    next: `Use one of ${LOOPBACK.join(', ')}, and a tunnel or port-forward to reach it from elsewhere.`,
  });
}

/** Starts the one HTTP server: MCP at /mcp, health at /healthz. REST will be mounted beside them at /engine/v1. */
export async function startHttpServer(options: HttpOptions): Promise<HttpServer> {
  requireLoopback(options.host);
  // Checks Host and Origin of every request against loopback names.
  const app = createMcpFastifyApp({ host: options.host });
  const closeMcp = mountMcp(app, options);
  app.get('/healthz', () => ({ status: 'ok', version: options.version }));
  answerErrors(app, options.log);
  await listen(app, options);
  const { port } = app.server.address() as { port: number };
  const host = options.host === '::1' ? '[::1]' : options.host;
  return {
    mcpUrl: `http://${host}:${port}/mcp`,
    async close() {
      await closeMcp();
      // Open event streams would hold the server for as long as their clients like.
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

function mountMcp(app: FastifyInstance, { mcp, log }: HttpOptions): () => Promise<void> {
  const onerror = (error: Error): void => log.warn({ err: error }, 'MCP transport');
  const handler = createMcpHandler(mcp, { onerror });
  const handle = toNodeHandler(handler, { onerror });
  app.all('/mcp', async (request, reply) => {
    reply.hijack();
    // Their type has no room for an undefined method, which a received request never has.
    await handle(request.raw as NodeIncomingMessageLike, reply.raw, request.body);
  });
  return () => handler.close();
}

function answerErrors(app: FastifyInstance, log: Log): void {
  app.setNotFoundHandler((_, reply) => reply.code(404).send({ code: 'UNKNOWN_NAME', message: 'There is nothing at this path.', next: 'MCP is at /mcp, health at /healthz.' }));
  app.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error }, 'HTTP request failed');
    const known = status < 500 ? { code: 'INVALID_INPUT', message: error.message, next: 'Correct the request.' } : { code: 'INTERNAL', message: 'Something failed.', next: 'See the log of the server.' };
    return reply.code(status).send(known);
  });
}

async function listen(app: FastifyInstance, { host, port }: HttpOptions): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
    throw new SluiceError('CONFIG_INVALID', `Port ${port} on ${host} is taken.`, { next: 'Set MCP_PORT to a free port, or to 0.' });
  }
}
