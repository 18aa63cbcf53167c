import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bridgeFolder, startBridge, type RunningBridge } from '../support/bridge.ts';
import { connect, ERAS, type Era, type ToolAnswer } from '../support/mcp-clients.ts';
import { installEverything } from '../support/published-servers.ts';

// Each test starts programs.
jest.setTimeout(90_000);

const SERVER = fileURLToPath(new URL('../support/gateway-server.ts', import.meta.url));
const YEAR = { '2026 client': '2026', '2025 client': '2025' } as const;
const server = (...options: string[]) => [process.execPath, SERVER, 'one', ...options];
const said = ({ content }: ToolAnswer): string => content[0]?.text ?? '';

let bridge: ReturnType<typeof bridgeFolder>;
const running: RunningBridge[] = [];
const folder = mkdtempSync(join(tmpdir(), 'bridge-test-'));

beforeAll(() => void (bridge = bridgeFolder()));
afterEach(async () => {
  // A bridge that is killed would leave a server that does not look at its stdin.
  for (const one of running.splice(0)) if (one.child.exitCode === null) await one.end();
});
afterAll(() => {
  bridge.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function start(...how: Parameters<typeof startBridge> extends [string, ...infer Rest] ? Rest : never) {
  const started = await startBridge(bridge.file, ...how);
  running.push(started);
  return started;
}

async function until(what: string, done: () => Promise<boolean>, seconds = 30): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) if (await done()) return;
  throw new Error(`${what} did not come`);
}
const healthy = (one: RunningBridge) => until('health', async () => (await one.health()).status === 200);

/** The processes that the bridge has started, by their parent. */
function serversOf({ child }: RunningBridge): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => (line.trim() === '' ? [] : [Number(line)]));
}

/** One message of a client of 2025, as a request of its own. */
async function post(url: string, message: object, session?: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(session === undefined ? {} : { 'mcp-session-id': session, 'mcp-protocol-version': '2025-06-18' }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
  const text = await response.text();
  const json = text === '' ? undefined : (JSON.parse(text.replace(/^[\s\S]*?data: /, '')) as Record<string, unknown>);
  return { status: response.status, session: response.headers.get('mcp-session-id') ?? undefined, json };
}
const INITIALIZE = {
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
const call = (name: string, id = 2) => ({ id, method: 'tools/call', params: { name, arguments: {} } });

describe.each(ERAS)('a %s', (era: Era) => {
  test('lists, calls, sees progress and is asked by a server that only knows stdin and stdout', async () => {
    const one = await start(server(YEAR[era]));
    const client = await connect(era, { url: one.mcp }, { answer: true });
    const seen: string[] = [];
    const file = join(folder, `seen ${era}`);

    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('version');
    expect(said(await client.callTool('version', {}))).toBe('one 1');
    const steps = client.callTool('steps', { until: file }, (message) => {
      if (seen.push(message) === 3) writeFileSync(file, '');
    });
    expect(said(await steps)).toBe('one done');
    expect(seen).toEqual(['step 1', 'step 2', 'step 3']);
    expect(said(await client.callTool('ask', {}))).toMatch(/^one heard/);
    await client.close();
  });

  test('gets an error for a call that the server does not survive, and the next call is answered', async () => {
    const one = await start(server(YEAR[era]));
    const client = await connect(era, { url: one.mcp });

    await expect(client.callTool('crash', {})).rejects.toThrow(/ended with code 3/);
    expect(said(await client.callTool('version', {}))).toBe('one 1');
    await client.close();
  });

  test('gets an answer again from a server that hung: the bridge ends the process that answers no ping', async () => {
    const one = await start(server(YEAR[era]), { args: ['--call-timeout', '2'] });
    await healthy(one);
    const before = serversOf(one);
    const client = await connect(era, { url: one.mcp });
    await client.callTool('version', {});
    const [hung = 0] = serversOf(one).filter((pid) => !before.includes(pid));
    process.kill(hung, 'SIGSTOP');

    await expect(client.callTool('version', {})).rejects.toThrow(/has not answered/);
    await until('another process', async () => !serversOf(one).includes(hung));
    expect(said(await client.callTool('version', {}))).toBe('one 1');
    await client.close();
  });
});

test('the reference server from npm works for a client of 2025', async () => {
  const { '2026.8.31': everything } = await installEverything();
  const { command, args } = everything as unknown as { command: string; args: string[] };
  const one = await start([command, ...args]);
  const client = await connect('2025 client', { url: one.mcp });

  expect((await client.listTools()).tools.length).toBeGreaterThan(5);
  expect(said(await client.callTool('echo', { message: 'hello' }))).toMatch(/hello/);
  expect((await client.listResources()).resources.length).toBeGreaterThan(0);
  await client.close();
});

test('a server that never answers is unhealthy, and one that answers is healthy', async () => {
  const mute = await start([process.execPath, '-e', 'setInterval(() => {}, 1000)']);
  const one = await start(server('2025'));

  expect(await mute.health()).toMatchObject({ status: 503, body: { status: 'starting' } });
  await until('illness', async () => (await mute.health()).body.status === 'unhealthy');
  expect(await mute.health()).toMatchObject({ status: 503, body: { reason: expect.stringContaining('ping') } });
  await healthy(one);
});

test('a process that hangs under the pings is ended, and another one takes its place', async () => {
  const one = await start(server('2025'));
  await healthy(one);
  const [pinged = 0] = serversOf(one);

  process.kill(pinged, 'SIGSTOP');
  await until('the end of the process', async () => !serversOf(one).includes(pinged));
  await healthy(one);
});

test('a server that cannot start is unhealthy with its last words, which are in the log as well', async () => {
  const one = await start([process.execPath, '-e', 'console.error("no token in GRAFANA_TOKEN"); process.exit(1)']);

  await until('illness', async () => (await one.health()).body.status === 'unhealthy');
  const { status, body } = await one.health();
  expect([status, body.reason]).toEqual([503, expect.stringContaining('no token in GRAFANA_TOKEN')]);
  expect(one.said()).toContain('\nno token in GRAFANA_TOKEN\n');
});

test('the server gets the environment of the container, without the port, which is that of the bridge', async () => {
  const one = await start(server('2026'), { env: { GRAFANA_URL: 'http://grafana', ODD: '${PATH} $HOME' } });
  const client = await connect('2026 client', { url: one.mcp });

  const env = JSON.parse(said(await client.callTool('env', {}))) as Record<string, string>;
  expect(env).toMatchObject({ GRAFANA_URL: 'http://grafana', ODD: '${PATH} $HOME' });
  expect(env).not.toHaveProperty('PORT');
  await client.close();
});

test('after SIGTERM, new requests are accepted for a while, open ones are answered, and no process stays', async () => {
  const one = await start(server('2025'), { args: ['--leave', '2'] });
  await healthy(one);
  const client = await connect('2025 client', { url: one.mcp });
  const file = join(folder, 'late');
  const open = client.callTool('steps', { until: file });
  await sleep(300);
  const servers = serversOf(one);

  const ended = one.end();
  await until('draining', async () => (await one.health()).body.status === 'draining');
  expect(said(await client.callTool('version', {}))).toBe('one 1');
  await sleep(2_500);
  expect(one.child.exitCode).toBeNull();
  writeFileSync(file, '');

  expect(said(await open)).toBe('one done');
  expect(await ended).toBe(0);
  for (const pid of servers) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  await client.close().catch(() => undefined);
});

test('a call that never ends does not keep the bridge for longer than its limit', async () => {
  const one = await start(server('2026'), { args: ['--drain', '1'] });
  const client = await connect('2026 client', { url: one.mcp });
  const open = client.callTool('hang', {}).catch((error: unknown) => String(error));
  await sleep(500);
  const began = Date.now();

  expect(await one.end()).toBe(0);
  expect(Date.now() - began).toBeLessThan(8_000);
  expect(await open).toEqual(expect.any(String));
});

test('a session of 2025 goes on in another pod, and one that was ended stays ended', async () => {
  const [one, two] = [
    await start(server('2025'), { args: ['--name', 'same'] }),
    await start(server('2025'), { args: ['--name', 'same'] }),
  ];
  const { session } = await post(one.mcp, INITIALIZE);
  // This one reaches the other pod, which has never seen the session.
  expect(await post(two.mcp, { method: 'notifications/initialized' }, session)).toMatchObject({ status: 202 });
  expect(await post(two.mcp, call('version'), session)).toMatchObject({
    json: { id: 2, result: { content: [{ text: 'one 1' }] } },
  });
  expect(await post(one.mcp, call('version'), session)).toMatchObject({
    json: { id: 2, result: { content: [{ text: 'one 1' }] } },
  });

  const headers = { 'mcp-session-id': session ?? '' };
  expect(await fetch(two.mcp, { method: 'DELETE', headers })).toMatchObject({ status: 200 });
  expect(await post(two.mcp, call('version'), session)).toMatchObject({ status: 404 });
});

test('metrics count calls and processes; a page of a browser and an unknown path are refused', async () => {
  const one = await start(server('2025'), { args: ['--name', 'mcp-demo', '--allow-origin', 'https://app.example'] });
  const { session } = await post(one.mcp, INITIALIZE);
  await post(one.mcp, call('version'), session);
  const from = (origin: string) =>
    fetch(one.mcp, { method: 'POST', headers: { origin }, body: JSON.stringify({ jsonrpc: '2.0', ...INITIALIZE }) });

  const metrics = await (await fetch(`${one.root}/metrics`)).text();
  const labels = 'server="mcp-demo",version="image",method="tools/call",tool="version"';
  expect(metrics).toContain(`sluice_mcp_requests_total{${labels},outcome="ok"} 1`);
  expect(metrics).toMatch(/sluice_mcp_processes\{server="mcp-demo",version="image"\} [12]/);
  expect((await from('https://other.example')).status).toBe(403);
  expect((await from('https://app.example')).status).toBe(200);
  expect((await fetch(`${one.root}/servers`)).status).toBe(404);
});

test.each([
  [[], 'there is no command'],
  [['--nme', 'a', '--', 'x'], '--nme'],
  [['--port', '70000', '--', 'x'], '--port has to be a whole number from 0 to 65535'],
  [['--allow-origin', 'app.example', '--', 'x'], 'has to be an origin'],
])('the arguments %j are refused with the reason and the usage', (args, why) => {
  const { status, stderr } = spawnSync(process.execPath, [bridge.file, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });

  expect([status, stderr]).toEqual([2, expect.stringContaining(why)]);
  expect(stderr).toContain('node bridge.mjs [--name <name>]');
});

test('the file names its licence and loads nothing but Node', () => {
  const text = readFileSync(bridge.file, 'utf8');

  expect(text).toMatch(/^\/\*![\s\S]{0,300}Apache-2\.0/);
  const imports = [...text.matchAll(/^import .* from ['"](.*)['"]/gm)].map(([, from]) => from);
  expect(imports.filter((from) => !from?.startsWith('node:'))).toEqual([]);
});
