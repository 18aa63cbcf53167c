import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CATALOGUE, TOOLSET_NAMES } from '../../src/toolsets/index.ts';
import type { HttpServer } from '../../src/http/server.ts';
import { aView, AT, createFakeGateway, type FakeGateway } from '../support/fake-gateway.ts';
import {
  connect,
  ERAS,
  type ClientOptions,
  type Era,
  type TestClient,
  type ToolAnswer,
} from '../support/mcp-clients.ts';
import { LISTED, startTestServer } from '../support/mcp-server.ts';

const ID = 'release/prod/shop/web';
const STDIO_SERVER = fileURLToPath(new URL('../support/mcp-stdio-server.ts', import.meta.url));

const errorOf = (answer: ToolAnswer) => {
  expect(answer.isError).toBe(true);
  return answer._meta?.['sluice/error'] as {
    code: string;
    message: string;
    next: string;
    details?: Record<string, unknown>;
  };
};

describe.each(ERAS)('over HTTP, %s', (era) => {
  let gateway: FakeGateway;
  let reading: HttpServer;
  let writing: HttpServer;
  let clients: TestClient[];

  beforeAll(async () => {
    gateway = createFakeGateway();
    reading = await startTestServer(gateway, false);
    writing = await startTestServer(gateway, true);
  });
  afterAll(() => Promise.all([reading.close(), writing.close()]));
  beforeEach(() => {
    clients = [];
    Object.assign(gateway, { failure: undefined, outcome: { outcome: 'applied', detail: 'done' } });
    gateway.views.clear();
    gateway.views.set(ID, aView());
    gateway.sent.length = 0;
    gateway.started.length = 0;
  });
  afterEach(() => Promise.all(clients.map((client) => client.close())));

  const open = async (server: HttpServer, options?: ClientOptions, query = ''): Promise<TestClient> => {
    const client = await connect(era, { url: server.mcpUrl + query }, options);
    clients.push(client);
    return client;
  };
  const openAll = (server: HttpServer) => open(server, {}, `?toolsets=${TOOLSET_NAMES.join(',')}`);

  test('lists only reading tools until writing is allowed, and then all in catalogue order', async () => {
    const names = async (client: TestClient) => (await client.listTools()).tools.map(({ name }) => name);

    expect(await names(await open(reading))).toEqual(LISTED.reading);
    expect(await names(await open(writing))).toEqual(LISTED.writing);
    expect(await names(await openAll(writing))).toEqual(CATALOGUE.map(({ name }) => name));
  });

  test.each(
    CATALOGUE.filter(({ kind }) => kind !== 'read').map(({ name, examples }) => [name, examples[0]?.input] as const),
  )('refuses %s while writing is off, and does nothing', async (name, input) => {
    const answer = await (await openAll(reading)).callTool(name, input as Record<string, unknown>);

    expect(errorOf(answer).code).toBe('WRITE_DISABLED');
    expect([gateway.sent, gateway.started]).toEqual([[], []]);
  });

  test('every error says what happened and what to do next, in text and structured', async () => {
    const answer = await (await open(reading)).callTool('release_get', { release_id: 'release/prod/shop/other' });

    const error = errorOf(answer);
    expect(error).toMatchObject({ code: 'RELEASE_NOT_FOUND', next: 'Call release_list for the ids.' });
    expect(answer.content[0]?.text).toBe(`RELEASE_NOT_FOUND: ${error.message}\nNext: ${error.next}`);
    // 1.x clients check structured content against the output schema even of errors, so there it is absent.
    if (era === '2026 client') expect(answer.structuredContent).toEqual(error);
    else expect(answer.structuredContent).toBeUndefined();
  });

  test('errors reach a client that knows the output schemas', async () => {
    const client = await open(reading);
    await client.listTools();

    expect(errorOf(await client.callTool('release_get', { release_id: 'release/prod/shop/other' })).code).toBe(
      'RELEASE_NOT_FOUND',
    );
  });

  test('bad input is refused with every problem and the nearest names', async () => {
    const answer = await (await open(writing)).callTool('release_start', {
      target: { namespace: 'shop', rolout: 'web' },
      image: 'shop:v2',
      strategy: 'bluegreen',
    });

    expect(errorOf(answer).code).toBe('INVALID_INPUT');
    expect(answer.content[0]?.text).toMatch(/target\.rolout: unknown field; did you mean target\.rollout\?/);
    expect(answer.content[0]?.text).toMatch(/strategy: is spelled blue-green here/);
    expect(answer.content[0]?.text).not.toContain(' at ');
  });

  test('an unexpected failure keeps its text to itself', async () => {
    gateway.failure = new Error('boom at /secret/path token=abcdef123456');

    const answer = await (await open(reading)).callTool('release_get', { release_id: ID });

    expect(errorOf(answer).code).toBe('INTERNAL');
    expect(JSON.stringify(answer)).not.toMatch(/boom|secret|abcdef/);
  });

  test('an unknown tool is a protocol error that names the nearest', async () => {
    await expect((await open(reading)).callTool('release_gett', {})).rejects.toThrow(
      /release_gett; did you mean release_get\?/,
    );
  });

  test('a release can be planned, started once and read, and the caller is in the record', async () => {
    gateway.views.clear();
    const client = await open(writing, { name: 'claude-code' });
    const release = { target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v2' };

    const plan = await client.callTool('release_plan', release);
    const first = await client.callTool('release_start', { ...release, request_id: 'r1' });
    const again = await client.callTool('release_start', { ...release, request_id: 'r1' });
    const other = await client.callTool('release_start', { ...release, request_id: 'r2' });
    const read = await client.callTool('release_get', { release_id: ID });

    expect(plan.structuredContent).toMatchObject({
      ready: true,
      release_id: ID,
      weights: [10, 50],
      target: { cluster: 'prod' },
    });
    expect(first.structuredContent).toMatchObject({ release_id: ID, started: true, request_id: 'r1' });
    expect(again.structuredContent).toMatchObject({ started: false });
    expect(errorOf(other)).toMatchObject({ code: 'TARGET_BUSY', details: { release_id: ID } });
    expect(read.structuredContent).toMatchObject({
      state: 'soaking',
      live: { problem: 'The cluster prod does not answer.' },
    });
    // Stateless HTTP forgets what a 2025 client said of itself at initialize.
    expect(gateway.started.map(({ startedBy }) => startedBy)).toEqual([
      era === '2026 client' ? 'mcp:claude-code' : 'mcp:client',
    ]);
  });

  test('a destructive call without confirmation is refused and says exactly what to pass', async () => {
    const client = await open(writing);

    const refused = await client.callTool('release_abort', { target: { namespace: 'shop', rollout: 'web' } });
    const wrong = await client.callTool('release_abort', { release_id: ID, confirm: 'yes' });
    const done = await client.callTool('release_abort', { release_id: ID, confirm: ID });

    expect(errorOf(refused)).toMatchObject({ code: 'CONFIRMATION_REQUIRED', details: { confirm: ID } });
    expect(errorOf(refused).next).toContain(`confirm: "${ID}"`);
    expect(errorOf(wrong).code).toBe('CONFIRMATION_REQUIRED');
    expect(done.structuredContent).toMatchObject({ outcome: 'applied', command: 'abort', duplicate: false });
    expect(gateway.sent).toHaveLength(1);
  });

  test('promote asks only for all', async () => {
    const client = await open(writing);

    const one = await client.callTool('release_promote', { release_id: ID });
    const all = await client.callTool('release_promote', { release_id: ID, all: true });

    expect(one.structuredContent).toMatchObject({ outcome: 'applied' });
    expect(errorOf(all).code).toBe('CONFIRMATION_REQUIRED');
  });

  test('an outcome is passed on as it is, and a repeated request acts once', async () => {
    gateway.outcome = { outcome: 'accepted', detail: 'goes on as soon as step 1 has passed' };
    const client = await open(writing);

    const first = await client.callTool('release_promote', { release_id: ID, request_id: 'p1' });
    const again = await client.callTool('release_promote', { release_id: ID, request_id: 'p1' });

    expect(first.structuredContent).toMatchObject({
      outcome: 'accepted',
      detail: 'goes on as soon as step 1 has passed',
      duplicate: false,
    });
    expect(again.structuredContent).toMatchObject({ duplicate: true });
    expect(first.content[0]?.text).toMatch(/^promote accepted: goes on/);
  });

  test('skip-analysis needs a reason, whatever is confirmed', async () => {
    const answer = await (await open(writing)).callTool('release_skip_analysis', {
      release_id: ID,
      step: 0,
      confirm: ID,
    });

    expect(answer.content[0]?.text).toContain('reason: is missing');
  });

  test('wait reports progress and ends with a cursor when time is up', async () => {
    const told: string[] = [];

    const answer = await (await open(reading)).callTool(
      'release_wait',
      { release_id: ID, timeout_seconds: 1.5 },
      (message) => told.push(message),
    );

    expect(answer.structuredContent).toMatchObject({ changed: false, state: 'soaking' });
    expect(told[0]).toContain('soaking, step 1 of 2');
  });

  test('wait answers at once when somebody is needed, and with its cursor waits for what comes next', async () => {
    gateway.views.set(
      ID,
      aView({
        state: 'waiting-for-decision',
        waiting: { for: 'promotion', answers: ['promote', 'abort'], sinceMs: AT, deadlineInMs: 3_600_000 },
      }),
    );
    const client = await open(reading);

    const first = await client.callTool('release_wait', { release_id: ID });
    const { cursor, next } = first.structuredContent as { cursor: string; next: string };
    setTimeout(() => gateway.views.set(ID, aView({ state: 'succeeded', closedAt: AT + 1000 })), 300);
    const second = await client.callTool('release_wait', { release_id: ID, cursor });

    expect(next).toBe('It waits for promotion: answer with release_promote or release_abort; step 1 has the index 0.');
    expect(second.structuredContent).toMatchObject({ changed: true, state: 'succeeded' });
  });
});

describe('a client that can ask its user', () => {
  const cases: readonly (readonly [Era, 'http' | 'stdio'])[] = [
    ['2026 client', 'http'],
    ['2026 client', 'stdio'],
    ['2025 client', 'stdio'],
  ];

  test.each(cases)(
    '%s over %s: yes acts, no does not',
    async (era, transport) => {
      const server = transport === 'http' ? await startTestServer(createFakeGateway([aView()]), true) : undefined;
      const where = server ? { url: server.mcpUrl } : { command: process.execPath, args: [STDIO_SERVER, 'write'] };
      const says = async (answer: boolean): Promise<ToolAnswer> => {
        const client = await connect(era, where, { answer });
        const result = await client.callTool('release_abort', { release_id: ID });
        await client.close();
        return result;
      };

      const [no, yes] = [await says(false), await says(true)];
      await server?.close();

      expect(errorOf(no).code).toBe('CONFIRMATION_DECLINED');
      expect(yes.structuredContent).toMatchObject({ outcome: 'applied' });
    },
    60_000,
  );
});

test('a 2025 client over HTTP is known by the name in its header', async () => {
  const gateway = createFakeGateway([aView()]);
  const server = await startTestServer(gateway, true);
  const params = { name: 'release_pause', arguments: { release_id: ID } };
  const response = await fetch(server.mcpUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      'sluice-caller': 'nightly job',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
  });
  await response.text();
  await server.close();

  expect(gateway.sent.map(({ command }) => command.who)).toEqual(['mcp:nightly-job']);
});

describe.each(ERAS)('over stdio, %s', (era) => {
  test('reads, refuses to write, and tells the life cycle', async () => {
    const client = await connect(era, { command: process.execPath, args: [STDIO_SERVER] });

    const { tools } = await client.listTools();
    const read = await client.callTool('release_get', { target: { namespace: 'shop', rollout: 'web' } });
    const write = await client.callTool('release_pause', { release_id: ID });
    const instructions = client.instructions();
    await client.close();

    expect(tools.map(({ name }) => name)).toEqual([...LISTED.reading, 'tools_load']);
    expect(read.structuredContent).toMatchObject({ release_id: ID, state: 'soaking' });
    expect(errorOf(write).code).toBe('WRITE_DISABLED');
    expect(instructions).toContain('release_plan');
    expect(instructions).toContain('This server only reads');
  });
});
