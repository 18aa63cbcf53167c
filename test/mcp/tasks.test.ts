import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SluiceError } from '../../src/domain/errors.ts';
import type { HttpServer } from '../../src/http/server.ts';
import { AT, aView, createFakeGateway, fakeServices, type FakeGateway } from '../support/fake-gateway.ts';
import { connect } from '../support/mcp-clients.ts';
import { depsOver, memoryAudit, startServerOver } from '../support/mcp-server.ts';

const ID = 'release/prod/shop/web';
const RELEASE = { target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v2', strategy: 'canary' };
const TASKS = 'io.modelcontextprotocol/tasks';
const CAPABILITIES = { extensions: { [TASKS]: {} } };
const CLIENT = fileURLToPath(new URL('../support/task-client.mjs', import.meta.url));
const REVISION = '2026-07-28';

interface Answer {
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string };
}

let gateway: FakeGateway;
let audit: ReturnType<typeof memoryAudit>;
let server: HttpServer;
let requests = 0;
beforeEach(async () => {
  gateway = createFakeGateway();
  audit = memoryAudit();
  server = await startServerOver(depsOver(fakeServices(gateway), { allowWrite: true }, audit));
});
afterEach(() => server.close());

/** One request of 2026-07-28 on the wire. */
async function send(
  method: string,
  params: Record<string, unknown>,
  { client = 'agent', capabilities = CAPABILITIES } = {},
): Promise<Answer> {
  const name = params['name'] ?? params['taskId'];
  const meta = {
    'io.modelcontextprotocol/protocolVersion': REVISION,
    'io.modelcontextprotocol/clientInfo': { name: client, version: '1' },
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  };
  const answer = await fetch(server.mcpUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': REVISION,
      'mcp-method': method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: (requests += 1), method, params: { ...params, _meta: meta } }),
  });
  const body = await answer.text();
  return JSON.parse(body.startsWith('{') ? body : (/^data: (\{.*)$/m.exec(body)?.[1] ?? '{}')) as Answer;
}

const start = (options = {}) => send('tools/call', { name: 'release_start', arguments: RELEASE }, options);
const wait = (args: object) => send('tools/call', { name: 'release_wait', arguments: args });
const look = (taskId: unknown, options = {}) => send('tasks/get', { taskId }, options);
const idOf = ({ result }: Answer): unknown => result?.['taskId'];
const end = (changes: object) =>
  gateway.views.set(ID, { ...gateway.views.get(ID)!, closedAt: AT + 60_000, ...changes });

test('a release is started, followed and told to its end by the handle of its task', async () => {
  const task = await start();
  expect(task.result).toMatchObject({ resultType: 'task', status: 'working', ttlMs: null });
  expect(await look(idOf(task))).toMatchObject({
    result: { resultType: 'complete', status: 'working', statusMessage: expect.stringContaining('weight 10 for 60 s') },
  });

  end({ state: 'succeeded', reason: 'shop:v2 is stable' });

  expect((await look(idOf(task))).result).toMatchObject({
    status: 'completed',
    lastUpdatedAt: new Date(AT + 60_000).toISOString(),
    result: {
      content: [{ type: 'text', text: expect.stringContaining('shop:v2 is stable') }],
      structuredContent: { release_id: ID, run_id: 'run-1', started: true, image: 'shop:v2' },
    },
  });
});

test('a release that has started is told as started, also when nobody can be asked about it yet', async () => {
  const get = gateway.get;
  gateway.get = async () => Promise.reject(new SluiceError('NO_ANSWER', 'No worker polled the task queue.'));
  const task = await start();
  expect(task.result).toMatchObject({
    resultType: 'task',
    status: 'working',
    statusMessage: expect.stringContaining(ID),
  });
  expect(await look(idOf(task))).toMatchObject({ error: { message: expect.stringContaining('NO_ANSWER') } });

  gateway.get = get;
  expect(await look(idOf(task))).toMatchObject({ result: { status: 'working' } });
});

test('a cancelled task is a release that was aborted, and is cancelled only when it has gone back', async () => {
  const task = await start();
  expect(await send('tasks/cancel', { taskId: idOf(task) })).toMatchObject({ result: { resultType: 'complete' } });

  expect(gateway.sent).toMatchObject([{ id: ID, command: { name: 'abort', runId: 'run-1', requestId: 'task-run-1' } }]);
  expect(await look(idOf(task))).toMatchObject({ result: { status: 'working' } });
  const commands = [
    { requestId: 'task-run-1', command: 'abort', outcome: 'applied', detail: 'done', duplicate: false },
  ];
  end({ state: 'rolled-back', reason: 'aborted', commands });
  expect(await look(idOf(task))).toMatchObject({ result: { status: 'cancelled' } });
  expect(audit.entries.map(({ tool }) => tool)).toEqual(
    expect.arrayContaining(['release_start', 'release_abort', 'release_get']),
  );
});

test('a release that had succeeded when it was cancelled is completed', async () => {
  const task = await start();
  end({ state: 'succeeded', reason: 'shop:v2 is stable' });
  gateway.outcome = { outcome: 'refused', detail: 'too late' };

  expect(await send('tasks/cancel', { taskId: idOf(task) })).toMatchObject({ result: {} });
  expect(await look(idOf(task))).toMatchObject({ result: { status: 'completed' } });
});

test('the next change of a release is a task; one that needs somebody is answered at once', async () => {
  gateway.views.set(ID, aView());
  const task = await wait({ release_id: ID });
  expect(task.result).toMatchObject({ resultType: 'task', status: 'working' });

  gateway.views.set(ID, aView({ state: 'judging', reason: 'odds 3 to 1' }));
  expect((await look(idOf(task))).result).toMatchObject({
    status: 'completed',
    result: { structuredContent: { release_id: ID, state: 'judging', changed: true } },
  });
  gateway.views.set(ID, aView({ waiting: { for: 'promotion', answers: ['promote', 'abort'], sinceMs: AT } }));
  expect((await wait({ release_id: ID })).result).toMatchObject({
    structuredContent: { waiting: { for: 'promotion' } },
  });
  await send('tasks/cancel', { taskId: idOf(task) });
  expect(gateway.sent).toEqual([]);
});

test('a handle is of one caller, and a forged or foreign one is unknown', async () => {
  const id = String(idOf(await start()));
  const none = { error: { code: -32602, message: 'There is no task with this id for this caller.' } };

  expect(await look(id, { client: 'another' })).toMatchObject(none);
  for (const forged of ['', 't1.', `${id.slice(0, 10)}x`, 't1.W10', `t1.${'a'.repeat(9_000)}`, 'release'])
    expect(await look(forged)).toMatchObject(none);
  expect(await send('tasks/cancel', { taskId: id }, { client: 'another' })).toMatchObject(none);
  expect(await send('tasks/update', { taskId: id, inputResponses: {} })).toMatchObject({
    error: { code: -32602, message: 'The task asks for no input.' },
  });
  expect(gateway.sent).toEqual([]);
});

test('a client that does not follow tasks gets the answer of the tool', async () => {
  expect((await start({ capabilities: {} })).result).toMatchObject({ structuredContent: { release_id: ID } });
  const old = await connect('2025 client', { url: server.mcpUrl });
  const answer = await old.callTool('release_wait', { release_id: ID, timeout_seconds: 0 });
  await old.close();
  expect(answer.structuredContent).toMatchObject({ release_id: ID });
});

test('the public client of the extension follows a release to its end', async () => {
  const client = spawn(process.execPath, [CLIENT, server.mcpUrl, 'release_start', JSON.stringify(RELEASE)]);
  const [out, err] = [text(client.stdout), text(client.stderr)];
  await once(client.stdout, 'readable');
  end({ state: 'rolled-back', reason: 'errors: 6 %' });

  const [following, result = ''] = (await out).trim().split('\n');
  expect([await err, following]).toEqual(['', 'following']);
  expect(JSON.parse(result)).toMatchObject({ structuredContent: { release_id: ID, started: true } });
  expect(result).toContain('errors: 6 %');
}, 60_000);
