import { expect, test } from '@jest/globals';
import { register } from '../../src/domain/servers/actions.ts';
import { emptyServer } from '../../src/domain/servers/server.ts';
import type { GatewayVersion, GatewayView, SilentGateway } from '../../src/ports/server-gateways.ts';
import { mcpServerPromote } from '../../src/toolsets/mcp-server/mcp-server-promote.ts';
import { mcpServerStatus } from '../../src/toolsets/mcp-server/mcp-server-status.ts';
import type { CommandContext } from '../../src/commands/command.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { createFakeServerGateways } from '../support/fake-server-gateways.ts';
import { createFakeServers } from '../support/fake-servers.ts';

const by = { at: 1, who: 'tester' };
const upstream = { transport: 'sse', url: 'http://one.example', headers: {} } as const;
const server = register(emptyServer('shop', 'project'), { version: '1.0.0', upstream, blue: true }, by);

const at = (gateway: string, health?: GatewayVersion['health']) => ({
  gateway,
  servers: [
    { server: 'shop', revision: 1, versions: [{ version: '1.0.0', traffic: 100, ...(health ? { health } : {}) }] },
  ],
});

async function shown(...views: readonly (GatewayView | SilentGateway)[]) {
  const services = { ...fakeServices(createFakeGateway()), servers: createFakeServers(server) };
  const context = { ...services, serverGateways: createFakeServerGateways(...views) } as unknown as CommandContext;
  const answer = await mcpServerStatus.run(context, {});
  const [version] = answer.servers[0]?.versions ?? [];
  return {
    note: answer.note,
    health: version?.health,
    reason: version?.health_reason,
    text: mcpServerStatus.text(answer),
  };
}

test('a version is unhealthy if it is so at one gateway, which is named', async () => {
  const { text, ...found } = await shown(
    at('http://a', { state: 'healthy' }),
    at('http://b', { state: 'unhealthy', reason: 'it is silent' }),
    { gateway: 'http://c', error: 'refused' },
  );
  expect(found).toMatchObject({ health: 'unhealthy', reason: 'http://b: it is silent' });
  expect(text).toContain('unhealthy: http://b: it is silent');
});

test('a version is healthy where a gateway says so, and unknown where none does', async () => {
  expect(await shown(at('http://a', { state: 'unknown' }), at('http://b', { state: 'healthy' }))).toMatchObject({
    health: 'healthy',
  });
  expect(await shown(at('http://a'), { gateway: 'http://c', error: 'refused' })).toMatchObject({ health: 'unknown' });
  expect(await shown()).toMatchObject({ health: 'unknown' });
});

const bare = { gateway: 'http://a', error: 'The gateway http://a does not answer: refused' };

test.each<[string, (GatewayView | SilentGateway)[], string | undefined]>([
  [
    'no gateway is known',
    [],
    'Health and open work are not known: SLUICE_MCP_GATEWAYS names no gateway, and none runs over stdio.',
  ],
  ['none answers', [bare], 'Health and open work are not known: The gateway http://a does not answer: refused.'],
  [
    'one of them does not',
    [at('http://b', { state: 'healthy' }), bare],
    'Health and open work are those of the other gateways: The gateway http://a does not answer: refused.',
  ],
  ['all of them answer', [at('http://b', { state: 'healthy' })], undefined],
])('if %s, the status says what is not known', async (_, views, note) => {
  const found = await shown(...views);
  expect(found.note).toBe(note);
  expect(found.text.includes('Health and open work')).toBe(note !== undefined);
});

test('a change of a server that does not exist names the one that was probably meant', async () => {
  const services = { ...fakeServices(createFakeGateway()), servers: createFakeServers(server) };
  const context = { ...services, caller: { id: 'cli:ann', kind: 'cli' } } as unknown as CommandContext;

  await expect(mcpServerPromote.run(context, { name: 'shp', version: '1.0.0' })).rejects.toMatchObject({
    code: 'SERVER_NOT_FOUND',
    message: 'There is no MCP server shp; did you mean shop?',
  });
});
