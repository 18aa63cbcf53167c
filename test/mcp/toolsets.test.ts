import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import type { HttpServer } from '../../src/http/server.ts';
import { aView, createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { connect, ERAS, type TestClient } from '../support/mcp-clients.ts';
import { depsOver, startServerOver } from '../support/mcp-server.ts';

let all: HttpServer;
let releases: HttpServer;

beforeAll(async () => {
  const services = fakeServices(createFakeGateway([aView()]));
  all = await startServerOver(depsOver(services, { allowWrite: true }));
  releases = await startServerOver(depsOver(services, { allowWrite: true, toolsets: ['release', 'argo'] }));
});
afterAll(() => Promise.all([all.close(), releases.close()]));

const namesOf = (...sets: string[]) =>
  CATALOGUE.filter(({ toolset }) => sets.includes(toolset)).map(({ name }) => name);

describe.each(ERAS)('%s', (era) => {
  const using = async <T>(server: HttpServer, query: string, work: (client: TestClient) => Promise<T>): Promise<T> => {
    const client = await connect(era, { url: `${server.mcpUrl}${query}` });
    return work(client).finally(() => client.close());
  };
  const names = (server: HttpServer, query: string) =>
    using(server, query, async (client) => (await client.listTools()).tools.map(({ name }) => name));

  test('is offered the sets that it asks for, in the order of the catalogue', async () => {
    expect(await names(all, '')).toEqual([...namesOf('release'), 'tools_search']);
    expect(await names(all, '?toolsets=traefik,argo')).toEqual(namesOf('argo', 'traefik'));
    expect(await names(all, '?toolsets=release&toolsets=argo')).toEqual(namesOf('release', 'argo'));
    expect(await names(all, '?toolsets=mcp-server')).toEqual(namesOf('mcp-server'));
    expect(await names(releases, '')).toEqual(namesOf('release', 'argo'));
    expect(await names(releases, '?toolsets=release')).toEqual(namesOf('release'));
  });

  test.each([
    ['argoo', /argoo is unknown; did you mean argo\? This server offers release, release-queue, argo, traefik/],
    ['argo,', /a name is missing/],
    ['', /a name is missing/],
    ['toolset', /toolset is unknown/],
  ])('is refused "%s", and told what there is', async (asked, why) => {
    await expect(names(all, `?toolsets=${asked}`)).rejects.toThrow(why);
  });

  test('cannot have more than the server offers', async () => {
    await expect(names(releases, '?toolsets=release,traefik')).rejects.toThrow(
      /traefik is not offered here. This server offers release, argo/,
    );
  });

  test('finds no tool, resource or prompt of a set that it did not ask for', async () => {
    await using(all, '?toolsets=release', async (client) => {
      await expect(client.callTool('argo_get_rollout_status', { namespace: 'shop', name: 'web' })).rejects.toThrow(
        /Unknown tool argo_get_rollout_status/,
      );
      await expect(client.read('rollout://prod/shop/web')).rejects.toThrow(/not found/i);
      expect(await client.listTemplates()).toEqual([
        'release://{cluster}/{namespace}/{rollout}',
        'report://{cluster}/{namespace}/{rollout}',
        'report-page://{cluster}/{namespace}/{rollout}',
        'example://{name}',
      ]);
      expect((await client.prompts()).map(({ name }) => name)).toEqual(['release']);
      await expect(client.prompt('progressive_canary', {})).rejects.toThrow(/Unknown prompt/);
    });
    expect((await using(all, '?toolsets=traefik', (client) => client.prompts())).map(({ name }) => name)).toEqual([
      'shadow_testing',
    ]);
  });
});
