import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CATALOGUE, TOOLSET_NAMES } from '../../src/toolsets/index.ts';
import type { HttpServer } from '../../src/http/server.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';
import { worldServices } from '../support/fake-tools.ts';
import { FakeWorld } from '../support/fake-world.ts';
import { connect, ERAS, type ClientOptions, type Era, type TestClient } from '../support/mcp-clients.ts';
import { depsOver, memoryAudit, startServerOver } from '../support/mcp-server.ts';
import { eventually } from '../support/releases-wait.ts';

// The argo and traefik tools over both eras, with the real adapters on a fake API server.

const STDIO_SERVER = fileURLToPath(new URL('../support/mcp-stdio-server.ts', import.meta.url));
const WEB = { namespace: 'shop', name: 'web' };
const ROUTE = { namespace: 'shop', route_name: 'web' };

interface Written {
  readonly changed: boolean;
  readonly effective: string;
  readonly reason: string;
  readonly after?: { readonly step?: number; readonly phase: string };
}

describe.each(ERAS)('%s', (era) => {
  let world: FakeWorld;
  let server: HttpServer;
  let audit: ReturnType<typeof memoryAudit>;
  const open: TestClient[] = [];

  beforeEach(async () => {
    world = new FakeWorld({ target: { cluster: 'prod', namespace: 'shop', rollout: 'web' } });
    audit = memoryAudit();
    server = await startServerOver(depsOver(worldServices(world, createFakeGateway()), { allowWrite: true }, audit));
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
    await server.close();
    world.stop();
  });

  const over = async (where: Parameters<typeof connect>[1], options?: ClientOptions): Promise<TestClient> => {
    const client = await connect(era, where, options);
    open.push(client);
    return client;
  };
  const answer = async <T>(client: TestClient, tool: string, args: Record<string, unknown>): Promise<T> => {
    const { isError, structuredContent, content } = await client.callTool(tool, args);
    if (isError) throw new Error(content[0]?.text);
    return structuredContent as T;
  };
  const paused = (client: TestClient, step: number) =>
    eventually(`paused at ${step}`, async () => {
      const { phase, step: at } = await answer<{ phase: string; step: number }>(client, 'argo_get_rollout_status', WEB);
      return (phase === 'Paused' && at === step) || undefined;
    });

  test('a canary is looked at, begun, promoted, aborted and put back', async () => {
    const client = await over({ url: server.mcpUrl });

    expect(await answer(client, 'argo_list_rollouts', {})).toMatchObject({
      total: 1,
      rollouts: [{ namespace: 'shop', name: 'web' }],
    });
    expect(await answer(client, 'argo_update_rollout_image', { ...WEB, image: 'shop:v2' })).toMatchObject({
      changed: true,
    });
    await paused(client, 1);
    expect(await answer(client, 'argo_promote_rollout', { ...WEB, step: 1 })).toMatchObject({ changed: true });
    await paused(client, 3);
    expect((await answer<Written>(client, 'argo_promote_rollout', { ...WEB, step: 1 })).changed).toBe(false);
    expect(await answer(client, 'traefik_get_traffic_distribution', ROUTE)).toMatchObject({
      argo_weight: 25,
      services: [{ wanted: 75 }, { wanted: 25 }],
    });
    expect(
      await answer(client, 'traefik_update_route_weights', { ...ROUTE, stable_weight: 50, canary_weight: 50 }),
    ).toMatchObject({ changed: false, effective: 'refused' });

    const refused = await client.callTool('argo_abort_rollout', WEB);
    expect([refused.isError, refused.content[0]?.text]).toEqual([
      true,
      expect.stringContaining('CONFIRMATION_REQUIRED'),
    ]);
    expect(await answer(client, 'argo_abort_rollout', { ...WEB, confirm: 'shop/web' })).toMatchObject({
      changed: true,
      after: { aborted: true },
    });
    expect(await answer(client, 'argo_update_rollout_image', { ...WEB, image: 'shop:v1' })).toMatchObject({
      changed: true,
    });

    expect(audit.entries.filter(({ kind }) => kind !== 'read').map(({ tool, result }) => [tool, result])).toEqual([
      ['argo_update_rollout_image', 'ok'],
      ['argo_promote_rollout', 'ok'],
      ['argo_promote_rollout', 'ok'],
      ['traefik_update_route_weights', 'ok'],
      ['argo_abort_rollout', 'CONFIRMATION_REQUIRED'],
      ['argo_abort_rollout', 'ok'],
      ['argo_update_rollout_image', 'ok'],
    ]);
  });

  test('every answer fits the schema in the list, also as the client sees it', async () => {
    const client = await over({ url: server.mcpUrl });
    // Both clients check answers against the schemas of the list that they have seen.
    await client.listTools();

    for (const [tool, args] of [
      ['argo_get_rollout_status', WEB],
      ['argo_get_rollout_history', WEB],
      ['argo_list_rollouts', {}],
      ['traefik_get_traffic_distribution', ROUTE],
      ['traefik_detect_anomalies', { namespace: 'shop' }],
      ['argo_pause_rollout', WEB],
      ['argo_resume_rollout', WEB],
    ] as const) {
      expect(await answer(client, tool, args)).toEqual(expect.any(Object));
    }
  });

  test('what a tool cannot do is an error of the catalogue', async () => {
    const client = await over({ url: server.mcpUrl });

    expect(
      (await client.callTool('argo_get_rollout_status', { namespace: 'shop', name: 'nobody' })).content[0]?.text,
    ).toMatch(/^ROLLOUT_NOT_FOUND/);
    expect(
      (await client.callTool('traefik_update_route_weights', { ...ROUTE, stable_weight: 101, canary_weight: -1 }))
        .content[0]?.text,
    ).toMatch(/^INVALID_INPUT/);
    expect((await client.callTool('argo_promote_rollout', { ...WEB, stepp: 1 })).content[0]?.text).toMatch(
      /did you mean step\?/,
    );
  });
});

describe('a destructive tool asks the user of a client that can', () => {
  const cases: readonly (readonly [Era, 'http' | 'stdio'])[] = [
    ['2026 client', 'http'],
    ['2026 client', 'stdio'],
    ['2025 client', 'stdio'],
  ];

  test.each(cases)(
    '%s over %s: no leaves everything as it is, yes aborts',
    async (era, transport) => {
      const world = new FakeWorld({ target: { cluster: 'prod', namespace: 'shop', rollout: 'web' } });
      const server =
        transport === 'http'
          ? await startServerOver(depsOver(worldServices(world, createFakeGateway()), { allowWrite: true }))
          : undefined;
      const where = server ? { url: server.mcpUrl } : { command: process.execPath, args: [STDIO_SERVER, 'write'] };
      // One client for both over stdio, as each has a world of its own there.
      let says = false;
      const client = await connect(era, where, { answer: () => says });
      await client.callTool('argo_update_rollout_image', { ...WEB, image: 'shop:v2' });
      await eventually('paused', async () =>
        ((await client.callTool('argo_get_rollout_status', WEB)).structuredContent as { phase: string }).phase ===
        'Paused'
          ? true
          : undefined,
      );

      // The argument stands for nobody's answer where the user can be asked.
      const no = await client.callTool('argo_abort_rollout', { ...WEB, confirm: 'shop/web' });
      const between = (await client.callTool('argo_get_rollout_status', WEB)).structuredContent;
      says = true;
      const yes = await client.callTool('argo_abort_rollout', WEB);
      await client.close();
      await server?.close();
      world.stop();

      expect([no.isError, no.content[0]?.text]).toEqual([true, expect.stringContaining('CONFIRMATION_DECLINED')]);
      expect(JSON.stringify(no)).not.toContain('confirm: ');
      expect(between).toMatchObject({ phase: 'Paused', aborted: false });
      expect(yes.structuredContent).toMatchObject({ changed: true, after: { aborted: true } });
    },
    60_000,
  );
});

test('the list names every tool of the document, each with a title, one description, annotations and both schemas', async () => {
  const world = new FakeWorld({});
  const server = await startServerOver(depsOver(worldServices(world, createFakeGateway()), { allowWrite: true }));
  const client = await connect('2026 client', { url: `${server.mcpUrl}?toolsets=${TOOLSET_NAMES.join(',')}` });
  const { tools } = await client.listTools();
  await client.close();
  await server.close();
  world.stop();

  expect(tools.map(({ name }) => name)).toEqual(CATALOGUE.map(({ name }) => name));
  expect(tools.filter(({ name }) => name.startsWith('argo_')).length).toBe(12);
  expect(tools.filter(({ name }) => name.startsWith('traefik_')).length).toBe(8);
  for (const tool of tools) {
    expect(tool).toMatchObject({
      title: expect.any(String),
      description: expect.any(String),
      inputSchema: { type: 'object' },
      outputSchema: { type: 'object', properties: expect.any(Object) },
    });
    const { readOnlyHint, destructiveHint } = tool.annotations as { readOnlyHint?: boolean; destructiveHint?: boolean };
    const { kind } = CATALOGUE.find(({ name }) => name === tool.name) ?? {};
    // What is absent has the protocol's default: not read-only, destructive.
    expect([tool.name, readOnlyHint ?? false, readOnlyHint ? undefined : (destructiveHint ?? true)]).toEqual([
      tool.name,
      kind === 'read',
      kind === 'read' ? undefined : kind === 'destructive',
    ]);
  }
});
