import { TOOLSETS } from '../toolsets/index.ts';
import { switchedToolsets } from '../commands/toolset.ts';
import type { CommandServices } from '../commands/command.ts';
import type { Settings } from '../config/schema.ts';
import { version } from '../config/version.ts';
import type { AuditTrail } from '../domain/audit.ts';
import { SluiceError } from '../domain/errors.ts';
import type { RestDeps } from '../http/rest/deps.ts';
import { startHttpServer, type HttpServer } from '../http/server.ts';
import { createMcpHttp } from '../mcp/http.ts';
import { createAudit } from '../observability/audit.ts';
import { countedAudit } from '../observability/counted-audit.ts';
import { createLog, type Log } from '../observability/log.ts';
import { createMetrics, toolMetrics, type Metrics } from '../observability/metrics.ts';
import type { Dependency } from '../observability/readiness.ts';
import { httpAccess } from './access.ts';
import { gateOf } from './gate.ts';
import { mcpDeps } from './mcp.ts';
import { releaseGauges } from './release-gauges.ts';
import { createServices } from './services.ts';
import { dependenciesOf, startStatus } from './status.ts';

/** Starts the HTTP server and returns once it listens. */
export async function startServer(settings: Settings): Promise<HttpServer> {
  const log = createLog(settings.logLevel);
  const access = httpAccess(settings);
  const services = createServices(settings, { serving: true });
  const metrics = createMetrics('server', version());
  const written = createAudit({ home: settings.home, file: settings.auditLog, log });
  const audit = countedAudit(written, toolMetrics(metrics).called);
  const state = { listens: false };
  const closeStatus = await serverStatus(settings, services, metrics, log, state);
  const server = await startHttpServer({
    host: settings.host,
    port: settings.mcpPort,
    mcp: createMcpHttp(mcpDeps(settings, services, log, audit)),
    rest: { ...restDeps(settings, services, log, audit), ...(access && { access }) },
    log,
    version: version(),
  });
  state.listens = true;
  log.info({ url: server.mcpUrl, rest: server.restUrl, write: settings.mcpAllowWrite }, 'MCP over HTTP');
  void services.warm();
  return {
    ...server,
    async close() {
      await closeStatus();
      await server.close();
      await services.close();
    },
  };
}

/** Its pages for probes and Prometheus. They are there before the server listens, and say so. */
function serverStatus(
  settings: Settings,
  services: CommandServices,
  metrics: Metrics,
  log: Log,
  state: { readonly listens: boolean },
) {
  const { gateway } = services;
  releaseGauges(metrics, { gateway, taskQueue: settings.taskQueue });
  const http: Dependency = {
    name: 'http',
    check: async () => {
      if (!state.listens) throw new SluiceError('NO_ANSWER', 'The server does not listen yet.');
    },
  };
  return startStatus({
    ...{ settings, metrics, log },
    dependencies: async () => [...(await dependenciesOf(gateway, settings)), http],
  });
}

function restDeps(settings: Settings, services: CommandServices, log: Log, audit: AuditTrail): RestDeps {
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
