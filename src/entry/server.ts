import type { Settings } from '../config/schema.ts';
import { version } from '../config/version.ts';
import { startHttpServer, type HttpServer } from '../http/server.ts';
import { createLog } from '../observability/log.ts';
import { mcpFactory } from './mcp.ts';
import { createServices } from './services.ts';

/** Starts the HTTP server and returns once it listens. */
export async function startServer(settings: Settings): Promise<HttpServer> {
  const log = createLog(settings.logLevel);
  const services = createServices(settings);
  const server = await startHttpServer({ host: settings.host, port: settings.mcpPort, mcp: mcpFactory(settings, services, log), log, version: version() });
  log.info({ url: server.mcpUrl, write: settings.mcpAllowWrite }, 'MCP over HTTP');
  void services.warm();
  return {
    mcpUrl: server.mcpUrl,
    async close() {
      await server.close();
      await services.close();
    },
  };
}

/** Serves until the process is told to stop. */
export async function runServer(settings: Settings, stopped: AbortSignal): Promise<void> {
  const server = await startServer(settings);
  if (!stopped.aborted) await new Promise((resolve) => stopped.addEventListener('abort', resolve, { once: true }));
  await server.close();
}
