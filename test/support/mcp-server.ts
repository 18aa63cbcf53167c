import { CATALOGUE } from '../../src/commands/catalogue.ts';
import type { AuditEntry, AuditTrail } from '../../src/domain/audit.ts';
import type { RestDeps } from '../../src/http/rest/deps.ts';
import { startHttpServer, type HttpServer } from '../../src/http/server.ts';
import { createMcpFactory } from '../../src/mcp/server.ts';
import { createLog } from '../../src/observability/log.ts';
import { fakeServices, type FakeGateway } from './fake-gateway.ts';

const log = createLog('silent');

/** An audit log that a test can read. */
export function memoryAudit(): AuditTrail & { readonly entries: AuditEntry[] } {
  const entries: AuditEntry[] = [];
  return {
    entries,
    ready: () => Promise.resolve(),
    record: (entry) => Promise.resolve(void entries.push(entry)),
  };
}

export function testFactory(gateway: FakeGateway, allowWrite: boolean) {
  return createMcpFactory({ catalogue: CATALOGUE, services: fakeServices(gateway), gate: { allowWrite, toolsets: [] }, audit: memoryAudit(), debug: false, version: '0.0.0', log });
}

function restOf(gateway: FakeGateway, allowWrite: boolean): RestDeps {
  return { catalogue: CATALOGUE, services: fakeServices(gateway), gate: { allowWrite, toolsets: [] }, audit: memoryAudit(), debug: false, version: '0.0.0', log };
}

/** The HTTP server on a free port, over a fake gateway. */
export function startTestServer(gateway: FakeGateway, allowWrite: boolean): Promise<HttpServer> {
  return startHttpServer({ host: '127.0.0.1', port: 0, mcp: testFactory(gateway, allowWrite), rest: restOf(gateway, allowWrite), log, version: '0.0.0' });
}
