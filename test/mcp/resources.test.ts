import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ANALYSIS_TEMPLATE } from '../../src/adapters/kubernetes/kinds.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { HttpServer } from '../../src/http/server.ts';
import { aView, createFakeGateway, DEFAULTS, type FakeGateway } from '../support/fake-gateway.ts';
import { worldServices } from '../support/fake-tools.ts';
import { FakeWorld } from '../support/fake-world.ts';
import { connect, ERAS, type TestClient } from '../support/mcp-clients.ts';
import { depsOver, memoryAudit, startServerOver } from '../support/mcp-server.ts';
import { eventually } from '../support/releases-wait.ts';

const STDIO_SERVER = fileURLToPath(new URL('../support/mcp-stdio-server.ts', import.meta.url));
const ROLLOUT = 'rollout://prod/shop/web';
const RELEASE = 'release://prod/shop/web';
const REPORT = 'report://prod/shop/web';
const PAGE = 'report-page://prod/shop/web';
const TEMPLATE = 'analysis-template://prod/shop/errors';

let world: FakeWorld;
let gateway: FakeGateway;
let server: HttpServer;
let narrow: HttpServer;
const audit = memoryAudit();
const open: TestClient[] = [];

beforeAll(async () => {
  world = new FakeWorld({ target: { cluster: 'prod', namespace: 'shop', rollout: 'web' } });
  gateway = createFakeGateway([aView()]);
  const spec = {
    metrics: [
      {
        name: 'errors',
        provider: { web: { url: 'http://judge', headers: [{ key: 'Authorization', value: 'Bearer abcdefghijkl' }] } },
      },
    ],
  };
  world.cluster.create({ kind: ANALYSIS_TEMPLATE, namespace: 'shop', name: 'errors' }, { spec });
  const services = worldServices(world, gateway);
  server = await startServerOver(depsOver(services, {}, audit));
  narrow = await startServerOver(depsOver({ ...services, settings: { ...DEFAULTS, allowedNamespaces: ['other'] } }));
});
afterEach(async () => {
  gateway.failure = undefined;
  await Promise.all(open.splice(0).map((client) => client.close()));
});
afterAll(async () => {
  await Promise.all([server.close(), narrow.close()]);
  world.stop();
});

describe.each(ERAS)('%s over HTTP', (era) => {
  const over = async (url = server.mcpUrl): Promise<TestClient> => {
    const client = await connect(era, { url });
    open.push(client);
    return client;
  };

  test('lists Rollouts, releases, templates and example files, and how each is addressed', async () => {
    const client = await over();

    const { resources, nextCursor } = await client.listResources();

    expect(resources.map(({ uri }) => uri)).toEqual(
      expect.arrayContaining([ROLLOUT, RELEASE, TEMPLATE, 'example://canary', 'example://blue-green']),
    );
    expect(resources.every(({ name, description, mimeType }) => name && description && mimeType)).toBe(true);
    const about = resources.filter(({ uri }) => uri.startsWith('example:')).map(({ description = '' }) => description);
    expect(about).toContain('Blue-green with weights: the release shifts the TraefikService itself, then cuts over.');
    expect(about.filter((text) => !/^[A-Z].*\.$/.test(text))).toEqual([]);
    expect(nextCursor).toBeUndefined();
    expect(await client.listTemplates()).toEqual([
      'release://{cluster}/{namespace}/{rollout}',
      'report://{cluster}/{namespace}/{rollout}',
      'report-page://{cluster}/{namespace}/{rollout}',
      'example://{name}',
      'rollout://{cluster}/{namespace}/{name}',
      'analysis-template://{cluster}/{namespace}/{name}',
    ]);
  });

  test('reads what the tools answer, with secrets masked, and writes it to the audit log', async () => {
    const client = await over();
    const from = audit.entries.length;

    expect(JSON.parse(await client.read(ROLLOUT))).toMatchObject({
      namespace: 'shop',
      name: 'web',
      phase: 'Healthy',
      next: expect.any(String),
    });
    expect(JSON.parse(await client.read(RELEASE))).toMatchObject({
      release_id: 'release/prod/shop/web',
      state: 'soaking',
    });
    expect(JSON.parse(await client.read(TEMPLATE))).toMatchObject({
      name: 'errors',
      spec: { metrics: [{ provider: { web: { url: 'http://judge', headers: '***' } } }] },
    });
    expect(await client.read('example://canary')).toContain('strategy: canary');
    expect(JSON.parse(await client.read(REPORT))).toMatchObject({
      release: { release_id: 'release/prod/shop/web', state: 'soaking' },
    });
    expect(await client.read(PAGE)).toMatch(/^<!doctype html>[^]*shop\/web/);

    expect(audit.entries.slice(from)).toMatchObject(
      [ROLLOUT, RELEASE, TEMPLATE, 'example://canary', REPORT, PAGE].map((uri) => ({
        tool: 'resources/read',
        kind: 'read',
        arguments: { uri },
        result: 'ok',
      })),
    );
  });

  test.each([
    ['rollout://prod/shop/nobody', /ROLLOUT_NOT_FOUND/],
    ['rollout://nowhere/shop/web', /CLUSTER_UNKNOWN|nowhere/],
    ['rollout://prod/shop', /not found/i],
    ['rollout://prod/SHOP!/web', /INVALID_INPUT/],
    ['rollout://prod/%zz/web', /not found/i],
    ['example://../package', /not found/i],
    ['example://%2e%2e%2fpackage', /not found/i],
    ['file:///etc/passwd', /not found/i],
  ])('refuses %s', async (uri, why) => {
    await expect((await over()).read(uri)).rejects.toThrow(why);
  });

  test('a namespace that is not allowed is neither listed, completed, read nor watched', async () => {
    const client = await over(narrow.mcpUrl);

    const { resources } = await client.listResources();
    const names = await client.complete(
      { type: 'ref/resource', uri: 'rollout://{cluster}/{namespace}/{name}' },
      { name: 'namespace', value: '' },
      { cluster: 'prod' },
    );

    expect(resources.every(({ uri }) => uri.startsWith('example://'))).toBe(true);
    expect(names).toEqual(['other']);
    for (const uri of [ROLLOUT, RELEASE, REPORT, PAGE, TEMPLATE])
      await expect(client.read(uri)).rejects.toThrow(/NAMESPACE_NOT_ALLOWED/);
    if (era === '2026 client') expect((await client.watch(ROLLOUT, () => undefined)).agreed).toBe(false);
  });

  test('lists the rest when Temporal is away, and says what is missing', async () => {
    gateway.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'Temporal does not answer.');
    const { resources, _meta } = await (await over()).listResources();

    expect(resources.map(({ uri }) => uri)).toContain(ROLLOUT);
    expect(_meta?.['sluice/unavailable']).toMatchObject([
      { scheme: 'release', problem: { code: 'TEMPORAL_UNREACHABLE' } },
    ]);
  });

  test('completes every variable of every template, and the arguments of prompts', async () => {
    const client = await over();
    const values = (uri: string, name: string, value: string, given = {}) =>
      client.complete({ type: 'ref/resource', uri }, { name, value }, given);
    const templates = await client.listTemplates();
    const [release = '', rollout = '', template = ''] = [0, 4, 5].map((index) => templates[index]);

    for (const uri of [rollout, release, template]) {
      expect(await values(uri, 'cluster', 'p')).toEqual(['prod']);
      expect(await values(uri, 'namespace', '', { cluster: 'prod' })).toEqual(['shop']);
    }
    expect(await values(rollout, 'name', 'w', { cluster: 'prod', namespace: 'shop' })).toEqual(['web']);
    expect(await values(rollout, 'name', '', { cluster: 'prod', namespace: 'other' })).toEqual([]);
    expect(await values(release, 'rollout', 'w', { cluster: 'prod', namespace: 'shop' })).toEqual(['web']);
    expect(await values(template, 'name', '', { cluster: 'prod', namespace: 'shop' })).toEqual(['errors']);
    expect(await values('example://{name}', 'name', 'can')).toEqual(['canary', 'canary-bad', 'canary-strict']);
    expect(
      await client.complete(
        { type: 'ref/prompt', name: 'progressive_canary' },
        { name: 'name', value: '' },
        { namespace: 'shop' },
      ),
    ).toEqual(['web']);
    expect(
      await client.complete({ type: 'ref/prompt', name: 'progressive_canary' }, { name: 'image', value: 'shop' }),
    ).toEqual(['shop:v2']);
    await expect(
      client.complete({ type: 'ref/prompt', name: 'progressive_canry' }, { name: 'name', value: '' }),
    ).rejects.toThrow(/did you mean progressive_canary/);
  });
});

test('a 2026 client over HTTP is told of changes, and no watch is left behind', async () => {
  const client = await connect('2026 client', { url: server.mcpUrl });
  const told: string[] = [];
  const { agreed, end } = await client.watch(ROLLOUT, (uri) => told.push(uri));

  expect(agreed).toBe(true);
  await eventually('the change is told', () => {
    world.foreignImage(`shop:v${Math.ceil(Math.random() * 1000)}`);
    return Promise.resolve(told.length > 0 || undefined);
  });
  expect(told[0]).toBe(ROLLOUT);
  await end();
  const before = told.length;
  world.foreignImage('shop:after');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(told.length).toBe(before);
  await client.close();
});

describe('what the server watches for clients', () => {
  const open: { end(): Promise<void> }[] = [];
  let watches = 0;
  let failing = 0;
  let counting: HttpServer;

  beforeAll(async () => {
    const services = worldServices(world, gateway);
    const { rolloutFeed } = services.ports;
    const watch: typeof rolloutFeed.watch = async (...args) => {
      if (failing-- > 0) throw new SluiceError('CLUSTER_UNREACHABLE', 'away');
      const stop = await rolloutFeed.watch(...args);
      watches += 1;
      return () => {
        watches -= 1;
        stop();
      };
    };
    counting = await startServerOver(
      depsOver({ ...services, ports: { ...services.ports, rolloutFeed: { ...rolloutFeed, watch } } }),
    );
  });
  afterAll(() => counting.close());

  const watcher = async (told: string[] = []): Promise<TestClient> => {
    const client = await connect('2026 client', { url: counting.mcpUrl });
    open.push(await client.watch(ROLLOUT, (uri) => told.push(uri)));
    return client;
  };

  test('is one watch for all of them, and none when the last has gone, however it went', async () => {
    const [one, two] = [await watcher(), await watcher()];
    await eventually('watched', () => Promise.resolve(watches > 0 || undefined));

    expect(watches).toBe(1);
    await open[0]?.end();
    expect(watches).toBe(1);
    await Promise.all([one.close(), two.close()]);
    await eventually('let go', () => Promise.resolve(watches === 0 || undefined));
  });

  test('is tried again when it could not begin, and then the client is told to look', async () => {
    failing = 1;
    const told: string[] = [];
    const client = await watcher(told);

    await eventually('told without a change', () => Promise.resolve(told.length > 0 || undefined), {
      timeoutMs: 15_000,
    });

    expect([told, watches]).toEqual([[ROLLOUT], 1]);
    await client.close();
  });
});

test('what cannot change is not acknowledged', async () => {
  const client = await connect('2026 client', { url: server.mcpUrl });

  expect((await client.watch('example://canary', () => undefined)).agreed).toBe(false);
  await client.close();
});

test('a 2025 client over stateless HTTP learns that nothing will be told', async () => {
  const client = await connect('2025 client', { url: server.mcpUrl });

  expect((await client.watch(ROLLOUT, () => undefined)).agreed).toBe(false);
  await client.close();
});

describe.each(ERAS)('%s over stdio', (era) => {
  test('is told of changes of a Rollout and of a release, and only of those', async () => {
    const client = await connect(era, { command: process.execPath, args: [STDIO_SERVER, 'changes'] });
    const told = new Set<string>();

    const subscriptions = [
      await client.watch(ROLLOUT, (uri) => told.add(uri)),
      await client.watch(RELEASE, (uri) => told.add(uri)),
    ];
    await eventually('both are told', () => Promise.resolve(told.size === 2 || undefined), { timeoutMs: 30_000 });
    for (const { end } of subscriptions) await end();
    told.clear();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await client.close();

    expect(subscriptions.map(({ agreed }) => agreed)).toEqual([true, true]);
    expect([...told]).toEqual([]);
  }, 60_000);
});
