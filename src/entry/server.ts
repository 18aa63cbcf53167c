import { TOOLSETS } from '../toolsets/index.ts';
import { switchedToolsets } from '../commands/toolset.ts';
import type { CommandServices } from '../commands/command.ts';
import type { Settings } from '../config/schema.ts';
import { version } from '../config/version.ts';
import type { RestDeps } from '../http/rest/deps.ts';
import { startHttpServer, type HttpServer } from '../http/server.ts';
import { createMcpHttp } from '../mcp/http.ts';
import { createAudit } from '../observability/audit.ts';
import { createLog, type Log } from '../observability/log.ts';
import { httpAccess } from './access.ts';
import { gateOf } from './gate.ts';
import { mcpDeps } from './mcp.ts';
import { createServices } from './services.ts';

/** Starts the HTTP server and returns once it listens. */
export async function startServer(settings: Settings): Promise<HttpServer> {
  const log = createLog(settings.logLevel);
  const access = httpAccess(settings);
  const services = createServices(settings, { serving: true });
  const server = await startHttpServer({
    host: settings.host,
    port: settings.mcpPort,
    mcp: createMcpHttp(mcpDeps(settings, services, log)),
    rest: { ...restDeps(settings, services, log), ...(access && { access }) },
    log,
    version: version(),
  });
  log.info({ url: server.mcpUrl, rest: server.restUrl, write: settings.mcpAllowWrite }, 'MCP over HTTP');
  void services.warm();
  return {
    ...server,
    async close() {
      await server.close();
      await services.close();
    },
  };
}

function restDeps(settings: Settings, services: CommandServices, log: Log): RestDeps {
  const audit = createAudit({ home: settings.home, file: settings.auditLog, log });
  return {
    toolsets: switchedToolsets(TOOLSETS, settings),
    services,
    gate: gateOf(settings),
    audit,
    version: version(),
    log,
    debug: settings.mcpDebug,
  };
}

/** Serves until the process gets a stop signal. */
export async function runServer(settings: Settings, stopped: AbortSignal): Promise<void> {
  const server = await startServer(settings);
  if (!stopped.aborted) await new Promise((resolve) => stopped.addEventListener('abort', resolve, { once: true }));
  await server.close();
}
