import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HttpServer } from '../../src/http/server.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';
import { connect, ERAS, type TestClient } from '../support/mcp-clients.ts';
import { LISTED, startTestServer } from '../support/mcp-server.ts';
import { eventually } from '../support/releases-wait.ts';

const STDIO = {
  command: process.execPath,
  args: [fileURLToPath(new URL('../support/mcp-stdio-server.ts', import.meta.url)), 'write'],
};

interface Search {
  readonly total: number;
  readonly tools: readonly { readonly name: string; readonly listed: boolean; readonly arguments: object }[];
  readonly next: string;
}

const search = async (client: TestClient, query: string, limit?: number): Promise<Search> => {
  const { structuredContent } = await client.callTool('tools_search', { query, ...(limit && { limit }) });
  return structuredContent as Search;
};
const names = async (client: TestClient) => (await client.listTools()).tools.map(({ name }) => name);

let server: HttpServer;
beforeAll(async () => {
  server = await startTestServer(createFakeGateway(), true);
});
afterAll(() => server.close());

describe.each(ERAS)('%s', (era) => {
  const overHttp = <T>(query: string, work: (client: TestClient) => Promise<T>): Promise<T> =>
    connect(era, { url: `${server.mcpUrl}${query}` }).then((client) => work(client).finally(() => client.close()));

  test.each([
    ['mirror traffic', 'traefik_enable_traffic_mirroring'],
    ['circuit breaker', 'traefik_add_circuit_breaker'],
    ['pause a rollout', 'argo_pause_rollout'],
    ['rollback a release', 'release_rollback'],
    ['deploy a version of an MCP server', 'mcp_server_deploy'],
    ['promotte rollouts', 'argo_promote_rollout'],
  ])('a search for "%s" finds %s among the first three', async (query, name) => {
    const { tools } = await overHttp('', (client) => search(client, query));

    expect(tools.map((tool) => tool.name)).toContain(name);
  });

  test('every tool is found by its own name, with its arguments', async () => {
    await overHttp('', async (client) => {
      for (const { name } of CATALOGUE) {
        const { tools } = await search(client, name.replaceAll('_', ' '));
        expect(tools).toContainEqual(
          expect.objectContaining({ name, arguments: expect.objectContaining({ type: 'object' }) }),
        );
      }
    });
  });

  test('over HTTP the list does not grow: the answer names the address, and the tool can be called', async () => {
    await overHttp('', async (client) => {
      expect(await names(client)).toEqual(LISTED.writing);
      const { tools, next } = await search(client, 'argo abort rollout', 1);
      expect(tools).toMatchObject([{ name: 'argo_abort_rollout', listed: false }]);
      expect(next).toContain('/mcp?toolsets=release,argo');
      const { content } = await client.callTool('argo_abort_rollout', { namespace: 'shop', name: 'web', nam: 1 });
      expect(content[0]?.text).toMatch(/^UNKNOWN_NAME/);
    });
  });

  test('what fits nothing is said, with the toolsets', async () => {
    expect(await overHttp('', (client) => search(client, 'xylophone'))).toMatchObject({
      total: 0,
      tools: [],
      next: expect.stringContaining('release, release-queue, argo, traefik, conversion, mcp-server'),
    });
  });

  test('a client that asks for toolsets has their tools and no search', async () => {
    expect(await overHttp('?toolsets=argo', names)).not.toContain('tools_search');
  });

  test('over stdio tools_load adds a toolset once, tells the client, and gives the guidance', async () => {
    let told: readonly string[] = [];
    const client = await connect(era, STDIO, { onTools: (tools) => (told = tools) });
    try {
      expect(await names(client)).toEqual([...LISTED.writing, 'tools_load']);
      const { next } = await search(client, 'mirror traffic', 1);
      expect(next).toContain('tools_load with toolsets ["traefik"]');

      const traefik = CATALOGUE.filter(({ toolset }) => toolset === 'traefik').map(({ name }) => name);
      const loaded = await client.callTool('tools_load', { toolsets: ['traefik'] });
      expect(loaded.structuredContent).toMatchObject({ added: traefik, listed: ['release', 'traefik'] });
      expect(loaded.content[0]?.text).toContain('traefik_*');
      await eventually('the client knows the longer list', async () => told.includes(traefik[0] ?? '') || undefined);
      expect(await names(client)).toEqual(told);

      const again = await client.callTool('tools_load', { toolsets: ['traefik'] });
      expect(again.structuredContent).toMatchObject({ added: [], guidance: '' });
      const wrong = await client.callTool('tools_load', { toolsets: ['traefic'] });
      expect([wrong.isError, wrong.content[0]?.text]).toEqual([true, expect.stringContaining('did you mean traefik?')]);
    } finally {
      await client.close();
    }
  });
});

test('a prompt whose tools are not in the list begins with the way to have them', async () => {
  const client = await connect('2025 client', STDIO);
  const before = await client.prompt('emergency_rollback', { namespace: 'shop', name: 'web', reason: 'errors' });
  await client.callTool('tools_load', { toolsets: ['argo', 'traefik'] });
  const after = await client.prompt('emergency_rollback', { namespace: 'shop', name: 'web', reason: 'errors' });
  await client.close();

  expect(before).toMatch(
    /^Some tools of these steps are not in your list. Call tools_load with toolsets \["argo","traefik"\] first./,
  );
  expect(after).not.toContain('tools_load');
});
