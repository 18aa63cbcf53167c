import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { HttpServer } from '../../src/http/server.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { createFakeServers } from '../support/fake-servers.ts';
import { connect } from '../support/mcp-clients.ts';
import { depsOver, startServerOver } from '../support/mcp-server.ts';
import { callRest } from '../support/rest.ts';

let server: HttpServer;
beforeAll(async () => {
  const services = { ...fakeServices(createFakeGateway()), servers: createFakeServers() };
  server = await startServerOver(depsOver(services, { allowWrite: true }));
});
afterAll(() => server.close());

const VERSION = { name: 'demo', type: 'stdio', command: 'node', args: ['server.js'], env: { KEY: 'hush' } };

test('an agent and a REST caller change the same servers, and neither sees a secret', async () => {
  const agent = await connect('2026 client', { url: `${server.mcpUrl}?toolsets=mcp-server` });
  const first = await agent.callTool('mcp_server_deploy', { ...VERSION, version: '1.0.0', blue: true });
  const second = await callRest(server, 'mcp_server_deploy', { ...VERSION, version: '2.0.0', traffic: 20 });
  const status = await agent.callTool('mcp_server_status', {});
  const late = await callRest(server, 'mcp_server_promote', { name: 'demo', version: '2.0.0', expected_revision: 1 });
  const wrong = await callRest(server, 'mcp_server_traffic', { name: 'demo', version: '2.0.0', percent: 101 });
  await agent.close();
  expect(second).toMatchObject({ status: 200, body: { result: { changed: true, effective: 'proved' } } });
  expect(status.structuredContent).toMatchObject({
    servers: [{ name: 'demo', blue: '1.0.0', versions: [{ traffic: 80 }, { traffic: 20, env: { KEY: '***' } }] }],
  });
  expect(JSON.stringify([first, second, status])).not.toContain('hush');
  expect(late).toMatchObject({ status: 409, body: { error: { code: 'SERVER_CHANGED' } } });
  expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'SERVER_TRAFFIC_INVALID' } } });
});

test('an agent that asks for no toolset has none of these tools in its list', async () => {
  const agent = await connect('2026 client', { url: server.mcpUrl });
  const names = (await agent.listTools()).tools.map(({ name }) => name);
  await agent.close();
  expect(names.filter((name) => name.startsWith('mcp_server_'))).toEqual([]);
  expect(names).toContain('release_plan');
});
