import { CATALOGUE } from '../../src/commands/catalogue.ts';
import { startHttpServer, type HttpServer } from '../../src/http/server.ts';
import { createMcpFactory } from '../../src/mcp/server.ts';
import { createLog } from '../../src/observability/log.ts';
import { fakeServices, type FakeGateway } from './fake-gateway.ts';

const log = createLog('silent');

export function testFactory(gateway: FakeGateway, allowWrite: boolean) {
  return createMcpFactory({ catalogue: CATALOGUE, services: fakeServices(gateway), allowWrite, debug: false, version: '0.0.0', log });
}

/** The HTTP server on a free port, over a fake gateway. */
export function startTestServer(gateway: FakeGateway, allowWrite: boolean): Promise<HttpServer> {
  return startHttpServer({ host: '127.0.0.1', port: 0, mcp: testFactory(gateway, allowWrite), log, version: '0.0.0' });
}
