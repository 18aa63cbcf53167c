import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createServerRegistry } from '../../src/adapters/server-registry/index.ts';
import { register, setTraffic } from '../../src/domain/servers/actions.ts';
import type { Upstream } from '../../src/domain/servers/server.ts';
import { program, remote, shellProgram, startRemote, type Reached } from '../support/gateway-stage.ts';
import { ask, call, inSession, session, textOf } from '../support/gateway-wire.ts';
import { connect, ERAS } from '../support/mcp-clients.ts';

const CLI = fileURLToPath(new URL('../../bin/sluice.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gateway-restart-'));
const registry = createServerRegistry({ folder, globalFile: join(folder, 'home.json') });
const by = () => ({ at: Date.now(), who: 'test' });
const calls = join(folder, 'calls');
/** A server of both eras that writes each call into a file before it answers it, 300 ms later. */
const COUNTING = `const { appendFileSync } = require('node:fs');
const say = (fields) => console.log(JSON.stringify({ jsonrpc: '2.0', ...fields }));
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  const info = { capabilities: { tools: {} }, serverInfo: { name: 'counting', version: '1' } };
  const cached = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
  if (id === undefined) return;
  if (method === 'server/discover') return say({ id, result: { ...cached, supportedVersions: ['2026-07-28'], ...info } });
  if (method === 'initialize') return say({ id, result: { protocolVersion: '2025-06-18', ...info } });
  if (method === 'tools/list') return say({ id, result: { ...cached, tools: [] } });
  if (method !== 'tools/call') return say({ id, result: {} });
  appendFileSync('${calls}', params.arguments.key + '\\n');
  setTimeout(() => say({ id, result: { resultType: 'complete', content: [{ type: 'text', text: 'done' }] } }), 300);
});`;
const caller = { 'x-api-key': 'me' };

/** One gateway of the command line, on a port that the first one chose. */
class GatewayProcess {
  #child: ChildProcess | undefined;
  #port = '0';
  root = '';

  async start(): Promise<void> {
    const settings = { SLUICE_HOME: folder, SLUICE_GATEWAY_PORT: this.#port, SLUICE_MCP_PROJECT: folder };
    const open = { SLUICE_LOCAL_ACCESS: 'open' };
    const env = { ...process.env, ...settings, ...open, SLUICE_MCP_GLOBAL_FILE: join(folder, 'home.json') };
    const child = spawn(process.execPath, [CLI, 'gateway'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    const [line] = (await once(child.stderr, 'data')) as [Buffer];
    this.root = (JSON.parse(line.toString().split('\n')[0] ?? '') as { url: string }).url;
    this.#port = new URL(this.root).port;
  }

  async kill(): Promise<void> {
    const ended = once(this.#child as ChildProcess, 'exit');
    this.#child?.kill('SIGKILL');
    await ended;
  }

  url(name: string): string {
    return `${this.root}/servers/${name}/mcp`;
  }
}

const gateway = new GatewayProcess();
let upstream: { url: string; stop(): Promise<void> };

async function deploy(name: string, ...versions: readonly Reached[]): Promise<void> {
  for (const [index, reached] of versions.entries()) {
    const given = { version: `${index + 1}.0.0`, upstream: reached as unknown as Upstream, blue: index === 0 };
    await registry.change(name, undefined, (server) => register(server, given, by()));
  }
}

beforeAll(async () => {
  upstream = await startRemote('far', '2025');
  await deploy('modern', program('one'), program('two'));
  await deploy('legacy', program('one', '2025'));
  await deploy('remote', remote(upstream.url));
  await deploy('counting', shellProgram(COUNTING));
  await gateway.start();
}, 60_000);
afterAll(async () => {
  await gateway.kill();
  await upstream.stop();
});

test('a gateway that was killed goes on where it can, and tells the others to start anew', async () => {
  const asked = await call(gateway.url('modern'), 'ask', caller);
  const [near, far] = [await session(gateway.url('legacy')), await session(gateway.url('remote'))];
  expect((await inSession(gateway.url('remote'), far, 'version')).messages.map(textOf)).toEqual(['far 1']);

  await gateway.kill();
  await gateway.start();

  const given = { sure: { action: 'accept', content: { yes: true } } };
  const params = { name: 'ask', arguments: {}, requestState: asked.result?.['requestState'], inputResponses: given };
  expect(textOf(await ask(gateway.url('modern'), 'tools/call', params, caller))).toBe(
    'one heard true with state-of-one',
  );
  expect((await inSession(gateway.url('remote'), far, 'version')).messages.map(textOf)).toEqual(['far 2']);
  expect((await inSession(gateway.url('legacy'), near, 'version')).status).toBe(404);
  // The version was not asked, so this is no failed call of it.
  const counters = await (await fetch(`${gateway.root}/metrics`)).text();
  expect(counters).not.toContain('server="legacy",version="1.0.0",method="tools/call"');
  const anew = await session(gateway.url('legacy'));
  expect((await inSession(gateway.url('legacy'), anew, 'version')).messages.map(textOf)).toEqual(['one 1']);
}, 60_000);

test('no call is done twice when the gateway is killed under calls of both eras, and new ones are answered', async () => {
  writeFileSync(calls, '');
  const done = (): string[] => readFileSync(calls, 'utf8').split('\n').filter(Boolean);
  const clients = await Promise.all(ERAS.map((era) => connect(era, { url: gateway.url('counting') })));
  const keys = clients.flatMap((_, index) => ['a', 'b', 'c', 'd'].map((key) => `${index}${key}`));
  const inFlight = keys.map((key) =>
    (clients[Number(key[0])] as (typeof clients)[number]).callTool('count', { key }).then(
      () => 'answered',
      () => 'failed',
    ),
  );
  while (done().length < keys.length) await new Promise((resolve) => setTimeout(resolve, 10));
  await gateway.kill();
  await gateway.start();
  const ended = await Promise.race([Promise.all(inFlight), new Promise((resolve) => setTimeout(resolve, 5_000))]);
  expect(done().toSorted()).toEqual(keys);
  if (Array.isArray(ended)) expect(ended).toContain('failed');
  await Promise.all(clients.map((client) => client.close()));
  const anew = await Promise.all(ERAS.map((era) => connect(era, { url: gateway.url('counting') })));
  await Promise.all(anew.map((client, index) => client.callTool('count', { key: `new ${index}` })));
  expect(done().toSorted()).toEqual([...keys, 'new 0', 'new 1'].toSorted());
  await Promise.all(anew.map((client) => client.close()));
}, 60_000);

test('a change of the registry is in force in a running gateway within two seconds', async () => {
  const { revision } = await registry.change('modern', undefined, (server) => setTraffic(server, '2.0.0', 100, by()));
  const began = Date.now();
  for (;;) {
    const status = (await (await fetch(`${gateway.root}/servers/modern/status`)).json()) as { revision: number };
    if (status.revision === revision) break;
    if (Date.now() - began > 2_000) throw new Error(`the gateway has revision ${status.revision}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(textOf(await call(gateway.url('modern'), 'version', caller))).toMatch(/^two/);
}, 30_000);
