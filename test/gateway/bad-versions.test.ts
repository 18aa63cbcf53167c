import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import {
  aServer,
  program,
  remote,
  shellProgram,
  startGateway,
  type Reached,
  type Stage,
  type StageOptions,
} from '../support/gateway-stage.ts';
import { call, post, session, textOf, inSession } from '../support/gateway-wire.ts';
import { startHttpServer } from '../support/http-server.ts';

const stages: Stage[] = [];
afterEach(async () => {
  await Promise.all(stages.splice(0).map((stage) => stage.close()));
});

/** A gateway with a good blue version and a bad green one, which is asked for by header. */
async function gatewayWith(bad: Reached, options: StageOptions = {}): Promise<Stage> {
  const stage = await startGateway([aServer('it', { good: program('good'), bad })], options);
  stages.push(stage);
  return stage;
}

const BAD = { 'x-mcp-server-version': 'bad' };
const codeOf = ({ error }: Awaited<ReturnType<typeof call>>): string | undefined => error?.data?.code;

async function expectUnharmed(stage: Stage): Promise<void> {
  expect(textOf(await call(stage.url('it'), 'version'))).toMatch(/^good/);
}

/** A script that reads lines, with `reply` run for each message `m`. */
const answering = (reply: string): Reached =>
  shellProgram(
    `const say = (m) => process.stdout.write(JSON.stringify(m) + '\\n');
     require('readline').createInterface({ input: process.stdin }).on('line', (l) => { const m = JSON.parse(l); ${reply} });`,
  );

test('a version that never answers ends in an error, and other versions answer', async () => {
  // Within the second limit the good version has to start, also on a busy machine.
  const stage = await gatewayWith(answering(''), { limits: { silenceMs: 5_000, handshakeMs: 3_000 } });
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
  const opened = await post(stage.url('it'), { jsonrpc: '2.0', id: 0, method: 'initialize', params }, BAD);
  expect(opened.messages[0]?.error?.data?.code).toBe('UPSTREAM_TIMEOUT');
  expect(codeOf(await call(stage.url('it'), 'version', BAD))).toBe('UPSTREAM_TIMEOUT');
  expect((await stage.status('it')).versions[1]).toMatchObject({ calls: { timeout: 1 }, sessions: 0 });
  await expectUnharmed(stage);
}, 30_000);

test('a version that does not exist is an error with its reason, and is tried again with pauses', async () => {
  const stage = await gatewayWith({ transport: 'stdio', command: '/no/such/program', args: [], env: {} });
  const first = await call(stage.url('it'), 'version', BAD);
  expect(codeOf(first)).toBe('UPSTREAM_UNREACHABLE');
  expect(first.error?.message).toMatch(/cannot be started/);
  for (let turn = 0; turn < 6; turn += 1) await call(stage.url('it'), 'version', BAD);
  const later = await call(stage.url('it'), 'version', BAD);
  expect(later.error?.message).toMatch(/tried again in \d+ s/);
  await expectUnharmed(stage);
}, 30_000);

test('a version that ends at once says with what', async () => {
  const stage = await gatewayWith(shellProgram('console.error("no licence"); process.exit(7)'));
  const { error } = await call(stage.url('it'), 'version', BAD);
  expect(error?.message).toMatch(/ended with code 7\. It wrote last: no licence/);
  await expectUnharmed(stage);
}, 30_000);

test('a version that talks nonsense is given up; a few lines of log are passed over', async () => {
  const nonsense = await gatewayWith(shellProgram('setInterval(() => console.log("hello".repeat(20)), 1)'));
  expect(codeOf(await call(nonsense.url('it'), 'version', BAD))).toBe('UPSTREAM_INVALID');
  await expectUnharmed(nonsense);
  const logs = await gatewayWith(
    answering('console.log("listening"); say({ jsonrpc: "2.0", id: m.id, result: { content: [{ text: "fine" }] } })'),
  );
  expect(textOf(await call(logs.url('it'), 'version', BAD))).toBe('fine');
}, 30_000);

test('an answer that is too large is an error of its call only', async () => {
  const reply =
    'say({ jsonrpc: "2.0", id: m.id, result: { content: [{ text: m.params.name === "large" ? "x".repeat(3e6) : "small" }] } })';
  const stage = await gatewayWith(answering(reply), { limits: { messageBytes: 1_000_000 } });
  const [large, small] = await Promise.all([call(stage.url('it'), 'large', BAD), call(stage.url('it'), 'small', BAD)]);
  expect(codeOf(large)).toBe('UPSTREAM_TOO_LARGE');
  expect(textOf(small)).toBe('small');
  await expectUnharmed(stage);
}, 30_000);

const FLOOD = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } });

test('a process that floods with messages still has to answer in time, and others answer meanwhile', async () => {
  const stage = await gatewayWith(
    shellProgram(`const line = ${JSON.stringify(`${FLOOD}\n`)}.repeat(20);
      const more = () => process.stdout.write(line, () => setImmediate(more)); process.stdin.once('data', more);`),
    { limits: { silenceMs: 4_000 } },
  );
  const flooded = call(stage.url('it'), 'version', BAD);
  await expectUnharmed(stage);
  expect(codeOf(await flooded)).toBe('UPSTREAM_TIMEOUT');
  await expectUnharmed(stage);
}, 60_000);

test('a server over HTTP that floods with messages still has to answer in time', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const more = setInterval(() => response.write(`data: ${FLOOD}\n\n`.repeat(20)), 2);
    response.once('close', () => clearInterval(more));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stage = await gatewayWith(remote(`http://127.0.0.1:${port}/mcp`), { limits: { silenceMs: 4_000 } });
  expect(codeOf(await call(stage.url('it'), 'version', BAD))).toBe('UPSTREAM_TIMEOUT');
  await expectUnharmed(stage);
  server.closeAllConnections();
  server.close();
}, 60_000);

test('50 MB of a process are refused, and its next call is answered', async () => {
  const reply = `const large = m.params.name === "large" ? "x".repeat(50_000_000) : "small";
    say({ jsonrpc: "2.0", id: m.id, result: { content: [{ text: large }] } })`;
  const stage = await gatewayWith(answering(reply));
  expect(codeOf(await call(stage.url('it'), 'large', BAD))).toBe('UPSTREAM_TOO_LARGE');
  expect(textOf(await call(stage.url('it'), 'small', BAD))).toBe('small');
  await expectUnharmed(stage);
}, 60_000);

test('50 MB over HTTP are refused while they arrive', async () => {
  const big = await startHttpServer(() => ({
    headers: { 'content-type': 'application/json' },
    body: `{"jsonrpc":"2.0","id":1,"result":{"content":[{"text":"${'x'.repeat(50_000_000)}"}]}}`,
  }));
  const stage = await gatewayWith(remote(`${big.url}/mcp`));
  expect(codeOf(await call(stage.url('it'), 'version', BAD))).toBe('UPSTREAM_TOO_LARGE');
  await expectUnharmed(stage);
  await big.close();
}, 30_000);

test.each([
  ['a web page', { headers: { 'content-type': 'text/html' }, body: '<html>' }, 'UPSTREAM_INVALID'],
  ['nothing', { headers: { 'content-type': 'application/json' }, body: '' }, 'UPSTREAM_INVALID'],
  ['no answer', { silent: true }, 'UPSTREAM_TIMEOUT'],
])(
  '%s over HTTP is an error',
  async (_what, answer, code) => {
    const odd = await startHttpServer(() => answer);
    const stage = await gatewayWith(remote(`${odd.url}/mcp`), { limits: { silenceMs: 300 } });
    expect(codeOf(await call(stage.url('it'), 'version', BAD))).toBe(code);
    expect(odd.requests.filter(({ body }) => body.includes('tools/call'))).toHaveLength(1);
    await odd.close();
  },
  30_000,
);

test('nobody at the address is an error at once', async () => {
  const gone = await startHttpServer(() => ({}));
  await gone.close();
  const stage = await gatewayWith(remote(`${gone.url}/mcp`));
  expect(codeOf(await call(stage.url('it'), 'version', BAD))).toBe('UPSTREAM_UNREACHABLE');
}, 30_000);

test('a process that crashes fails the call that it had, and the next call meets a new one', async () => {
  const stage = await gatewayWith(program('bad'));
  expect(codeOf(await call(stage.url('it'), 'crash', BAD))).toBe('UPSTREAM_UNREACHABLE');
  expect(textOf(await call(stage.url('it'), 'version', BAD))).toBe('bad 1');
  await expectUnharmed(stage);
}, 30_000);

test('a session goes on after its process has crashed, with the handshake repeated', async () => {
  const stage = await gatewayWith(program('bad', '2025'));
  const mine = await session(stage.url('it'), BAD);
  expect((await inSession(stage.url('it'), mine, 'version')).messages.map(textOf)).toEqual(['bad 1']);
  const crashed = (await inSession(stage.url('it'), mine, 'crash')).messages[0];
  expect(crashed?.error?.data?.code).toBe('UPSTREAM_UNREACHABLE');
  expect((await inSession(stage.url('it'), mine, 'version')).messages.map(textOf)).toEqual(['bad 1']);
}, 30_000);

test('processes are limited in number', async () => {
  const stage = await gatewayWith(program('bad', '2025'), { limits: { processes: 1 } });
  const first = await session(stage.url('it'), BAD);
  await expect(session(stage.url('it'), BAD)).rejects.toThrow('UPSTREAM_BUSY');
  expect((await inSession(stage.url('it'), first, 'version')).messages.map(textOf)).toEqual(['bad 1']);
  await expectUnharmed(stage);
}, 30_000);

test('a process gets its own environment, and nothing else of the gateway', async () => {
  const own = { ...program('bad'), env: { KEY: 'k-${GIVEN}' } };
  const stage = await gatewayWith(own, { env: { ...process.env, GIVEN: 'g', PRIVATE: 'p' } });
  const env = JSON.parse(textOf(await call(stage.url('it'), 'env', BAD))) as Record<string, string>;
  expect(env['KEY']).toBe('k-g');
  expect(env).not.toHaveProperty('PRIVATE');
  expect(env).not.toHaveProperty('GIVEN');
}, 30_000);

test('a reference that leads nowhere is an error that names it', async () => {
  const stage = await gatewayWith({ ...program('bad'), env: { KEY: '${NOWHERE}' } });
  expect((await call(stage.url('it'), 'version', BAD)).error?.message).toMatch(/NOWHERE/);
  await expectUnharmed(stage);
}, 30_000);
