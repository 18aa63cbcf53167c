import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../scripts/root.mjs';
import { createServerRegistry } from '../../src/adapters/server-registry/index.ts';
import { register } from '../../src/domain/servers/actions.ts';
import type { Upstream } from '../../src/domain/servers/server.ts';
import type { Programs } from './peers.ts';

const START_MS = 30_000;

/** A gateway that runs: its address, and its process. */
export interface Contender {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  /** What the tool `echo` of the upstream is called there. Absent: echo. */
  readonly tool?: string;
  /** Headers that it asks for. */
  readonly headers?: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** `sluice gateway` with one server `it`, whose only version has all traffic. */
export async function startSluice(upstream: Upstream): Promise<Contender> {
  const folder = await registered(upstream);
  const port = await freePort();
  // The peers ask nobody for a credential either.
  const settings = { SLUICE_LOCAL_ACCESS: 'open', SLUICE_LOG_LEVEL: 'warn', SLUICE_HOME: folder };
  const env = { ...process.env, ...settings, SLUICE_GATEWAY_PORT: String(port) };
  const args = [join(ROOT, 'bin', 'sluice.mjs'), 'gateway'];
  return started('sluice', process.execPath, args, `http://127.0.0.1:${port}/servers/it/mcp`, { cwd: folder, env });
}

/** How a client starts `sluice gateway` as its server, over the registry in this folder. */
export function stdioGateway(folder: string) {
  const args = [join(ROOT, 'bin', 'sluice.mjs'), 'gateway', '--stdio', 'it'];
  const settings = { SLUICE_LOG_LEVEL: 'silent', SLUICE_HOME: folder, SLUICE_MCP_PROJECT: folder };
  return { command: process.execPath, args, env: { ...process.env, ...settings } };
}

/** A folder with a registry whose server `it` has one version with all traffic. */
export async function registered(upstream: Upstream): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-gateway-'));
  const registry = createServerRegistry({ folder, globalFile: join(folder, 'home.json') });
  const by = { at: Date.now(), who: 'bench' };
  await registry.change('it', undefined, (server) => register(server, { version: '1.0.0', upstream, blue: true }, by));
  return folder;
}

/** The upstream over Streamable HTTP. */
export async function startUpstream({ httpUpstream }: Programs): Promise<Contender> {
  const port = await freePort();
  const [command = '', ...args] = httpUpstream;
  const env = { ...process.env, PORT: String(port) };
  return started('direct', command, args, `http://127.0.0.1:${port}/mcp`, { env });
}

export async function startSupergateway({ supergateway, upstream }: Programs): Promise<Contender> {
  const port = await freePort();
  const args = ['--stdio', upstream.join(' '), '--outputTransport', 'streamableHttp', '--stateful'];
  const options = [...args, '--port', String(port), '--logLevel', 'none'];
  return started('supergateway', supergateway, options, `http://127.0.0.1:${port}/mcp`);
}

export async function startMcpProxy({ mcpProxy, upstream }: Programs): Promise<Contender> {
  const port = await freePort();
  const args = ['--port', String(port), '--host', '127.0.0.1', '--server', 'stream', '--', ...upstream];
  return started('mcp-proxy', mcpProxy, args, `http://127.0.0.1:${port}/mcp`);
}

interface Where {
  /** How long its start may take, in ms. Default: START_MS. */
  readonly startMs?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export async function started(name: string, command: string, args: readonly string[], url: string, where: Where = {}) {
  const { startMs = START_MS, ...place } = where;
  const child = spawn(command, [...args], { ...place, stdio: ['ignore', 'ignore', 'ignore'], detached: true });
  await listening(name, url, child, startMs);
  return { name, url, pid: child.pid ?? 0, stop: () => ended(child) };
}

async function listening(name: string, url: string, child: ChildProcess, startMs: number): Promise<void> {
  for (const began = Date.now(); Date.now() - began < startMs; ) {
    if (child.exitCode !== null) break;
    const answered = await fetch(url).then(
      (response) => response.body?.cancel().then(() => true) ?? true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await ended(child);
  throw new Error(`${name} does not listen.`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exit = once(child, 'exit');
  // The upstream belongs to the same process group, except that of `sluice`, which ends when its stdin closes.
  process.kill(-child.pid, 'SIGTERM');
  const timer = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), 5_000);
  await exit;
  clearTimeout(timer);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
