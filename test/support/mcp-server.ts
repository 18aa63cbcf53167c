import { commandsOf, toolsetsByDefault } from '../../src/commands/toolset.ts';
import { TOOLSETS } from '../../src/toolsets/index.ts';
import type { CommandServices } from '../../src/commands/command.ts';
import type { Gate } from '../../src/commands/gate.ts';
import type { AuditEntry, AuditTrail } from '../../src/domain/audit.ts';
import type { RestDeps } from '../../src/http/rest/deps.ts';
import { startHttpServer, type HttpServer } from '../../src/http/server.ts';
import type { McpDeps } from '../../src/mcp/deps.ts';
import { createMcpHttp, type McpHttp } from '../../src/mcp/http.ts';
import { createLog } from '../../src/observability/log.ts';
import { fakeServices, type FakeGateway } from './fake-gateway.ts';

const log = createLog('silent');

const IN_LIST = commandsOf(toolsetsByDefault(TOOLSETS, { toolsets: [] }));

/** The names in the list of an HTTP client that asks for no toolsets. */
export const LISTED = {
  reading: [...IN_LIST.filter(({ kind }) => kind === 'read'), { name: 'tools_search' }].map(({ name }) => name),
  writing: [...IN_LIST, { name: 'tools_search' }].map(({ name }) => name),
};

/** An audit log that a test can read. */
export function memoryAudit(): AuditTrail & { readonly entries: AuditEntry[]; readonly begun: AuditEntry[] } {
  const entries: AuditEntry[] = [];
  const begun: AuditEntry[] = [];
  return {
    entries,
    begun,
    ready: () => Promise.resolve(),
    begin: (entry) => Promise.resolve(void begun.push(entry)),
    record: (entry) => Promise.resolve(void entries.push(entry)),
  };
}

/** The dependencies of a server over given services. */
export function depsOver(
  services: CommandServices,
  gate: Partial<Gate> = {},
  audit: AuditTrail = memoryAudit(),
): McpDeps & RestDeps {
  return {
    toolsets: TOOLSETS,
    services,
    gate: { allowWrite: false, toolsets: [], ...gate },
    audit,
    debug: false,
    version: '0.0.0',
    log,
  };
}

export function testMcp(gateway: FakeGateway, allowWrite: boolean): McpHttp {
  return createMcpHttp(depsOver(fakeServices(gateway), { allowWrite }));
}

/** The HTTP server on a free port. */
export function startServerOver(deps: McpDeps & RestDeps): Promise<HttpServer> {
  return startHttpServer({ host: '127.0.0.1', port: 0, mcp: createMcpHttp(deps), rest: deps, log, version: '0.0.0' });
}

/** The HTTP server on a free port, over a fake gateway. */
export function startTestServer(gateway: FakeGateway, allowWrite: boolean): Promise<HttpServer> {
  return startServerOver(depsOver(fakeServices(gateway), { allowWrite }));
}
