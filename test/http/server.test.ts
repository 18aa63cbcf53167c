import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { requireLoopback } from '../../src/domain/access/loopback.ts';
import type { HttpServer } from '../../src/http/server.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { startTestServer } from '../support/mcp-server.ts';

let server: HttpServer;
beforeAll(async () => {
  server = await startTestServer(createFakeGateway(), true);
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** fetch does not let Host and Origin through. */
function send(path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, server.mcpUrl),
      { method: body === undefined ? 'GET' : 'POST', headers },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });
const MCP = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

test('answers health', async () => {
  const { status, body } = await send('/healthz');

  expect([status, JSON.parse(body)]).toEqual([200, { status: 'ok', version: '0.0.0' }]);
});

test('a page of another site can neither call nor read', async () => {
  expect((await send('/mcp', MCP, LIST)).status).toBe(200);
  expect((await send('/mcp', { ...MCP, origin: 'https://evil.example' }, LIST)).status).toBe(403);
  expect((await send('/mcp', { ...MCP, host: 'evil.example' }, LIST)).status).toBe(403);
  expect((await send('/healthz', { host: 'evil.example' })).status).toBe(403);
});

test('what is not there and what is not JSON is told in the form of the catalogue, without a stack', async () => {
  const missing = await send('/nothing');
  const broken = await send('/mcp', MCP, '{"a":');

  expect(JSON.parse(missing.body)).toMatchObject({
    error: { code: 'PATH_NOT_FOUND', next: expect.stringContaining('/engine/v1/tools') },
  });
  expect(missing.status).toBe(404);
  expect(JSON.parse(broken.body)).toMatchObject({ error: { code: 'INVALID_INPUT' } });
  expect(broken.status).toBe(400);
  expect(broken.body).not.toMatch(/\.js:|\.ts:|node_modules/);
});

test.each(['0.0.0.0', '::', '192.168.1.2', 'example.org'])('does not bind to %s without authentication', (host) => {
  expect(() => requireLoopback(host)).toThrow(/SLUICE_HOST=.*authentication/);
});

test('a taken port is told with the setting', async () => {
  const { startHttpServer } = await import('../../src/http/server.ts');
  const { createLog } = await import('../../src/observability/log.ts');
  const { testMcp } = await import('../support/mcp-server.ts');
  const { restDeps } = await import('../support/rest.ts');
  const port = Number(new URL(server.mcpUrl).port);

  const second = startHttpServer({
    host: '127.0.0.1',
    port,
    mcp: testMcp(createFakeGateway(), false),
    rest: restDeps(fakeServices(createFakeGateway())),
    log: createLog('silent'),
    version: '0',
  });

  await expect(second).rejects.toMatchObject({ code: 'CONFIG_INVALID', next: expect.stringContaining('MCP_PORT') });
});
