import type { FastifyInstance } from 'fastify';
import { requireLoopback } from '../domain/access/loopback.ts';
import { SluiceError } from '../domain/errors.ts';
import type { Log } from '../observability/log.ts';
import { mountMetadata, requireCredentials, type HttpAccess } from './access/gate.ts';
import { mountLogin } from './access/login.ts';
import { Sessions } from './access/sessions.ts';
import { mountApproval } from './approval.ts';
import { createApp } from './app.ts';
import { mountHome } from './home.ts';
import { mountMcp, type McpHandler } from './mcp.ts';
import type { RestDeps } from './rest/deps.ts';
import { mountRest, REST_ROOT } from './rest/routes.ts';

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly mcp: McpHandler;
  readonly rest: RestDeps;
  readonly log: Log;
  readonly version: string;
}

export interface HttpServer {
  /** URL of MCP. */
  readonly mcpUrl: string;
  /** URL of the Tools API. Its list is at `<restUrl>/tools`. */
  readonly restUrl: string;
  close(): Promise<void>;
}

/** Starts the HTTP server: a page at /, MCP at /mcp, the Tools API at /engine/v1, health at /healthz. */
export async function startHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { access } = options.rest;
  if (!access) requireLoopback(options.host);
  const app = createApp(options.log, access?.publicUrl);
  if (access) await mountAccess(app, access);
  const closeMcp = mountMcp(app, options.mcp, options);
  await mountRest(app, options.rest);
  mountHome(app, options.rest);
  await mountApproval(app, options.rest);
  app.get('/healthz', () => ({ status: 'ok', version: options.version }));
  await listen(app, options);
  const { port } = app.server.address() as { port: number };
  const root = `http://${options.host === '::1' ? '[::1]' : options.host}:${port}`;
  return {
    mcpUrl: `${root}/mcp`,
    restUrl: `${root}${REST_ROOT}`,
    async close() {
      await closeMcp();
      // Open event streams would keep the server running for as long as their clients stay connected.
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

async function mountAccess(app: FastifyInstance, access: HttpAccess): Promise<void> {
  const sessions = new Sessions();
  requireCredentials(app, access, sessions);
  mountMetadata(app, access);
  await mountLogin(app, access, sessions);
}

async function listen(app: FastifyInstance, { host, port }: HttpOptions): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
    throw new SluiceError('CONFIG_INVALID', `Port ${port} on ${host} is taken.`, {
      next: 'Set MCP_PORT to a free port, or to 0.',
    });
  }
}
