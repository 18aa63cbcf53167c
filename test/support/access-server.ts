import { createMcpHttp } from '../../src/mcp/http.ts';
import type { HttpAccess } from '../../src/http/access/gate.ts';
import { startHttpServer, type HttpServer } from '../../src/http/server.ts';
import type { AccessRules } from '../../src/domain/access/rules.ts';
import { createLog, type Log } from '../../src/observability/log.ts';
import { createFakeGateway, DEFAULTS, fakeServices, type FakeGateway } from './fake-gateway.ts';
import { depsOver, memoryAudit } from './mcp-server.ts';

export interface AccessServer extends HttpServer {
  readonly audit: ReturnType<typeof memoryAudit>;
  readonly root: string;
}

/** An HTTP server over a fake gateway that asks its callers who they are. */
export async function startAccessServer(
  access: HttpAccess | ((root: string) => HttpAccess),
  {
    rules,
    gateway = createFakeGateway(),
    log = createLog('silent'),
  }: { readonly rules?: AccessRules; readonly gateway?: FakeGateway; readonly log?: Log } = {},
): Promise<AccessServer> {
  const audit = memoryAudit();
  const services = { ...fakeServices(gateway), settings: { ...DEFAULTS, ...(rules && { access: rules }) } };
  const port = typeof access === 'function' ? await freePort() : 0;
  const how = typeof access === 'function' ? access(`http://127.0.0.1:${port}`) : access;
  const deps = { ...depsOver(services, { allowWrite: true }, audit), access: how };
  const server = await startHttpServer({
    ...{ host: '127.0.0.1', port, log, version: '0' },
    mcp: createMcpHttp(deps),
    rest: { ...deps, log },
  });
  return { ...server, audit, root: new URL(server.mcpUrl).origin };
}

/** The audience of tokens has the port, so it has to be known before the server starts. */
async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
