import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sandboxDown, sandboxUp, type Sandbox } from '../../sandbox/index.ts';
import { homeOf } from '../../sandbox/place.ts';
import type { Closers } from '../../src/entry/demo/closers.ts';
import { sandboxProcessEnv, withoutTemporal } from '../../src/entry/demo/environment.ts';
import { choosePort } from '../../src/entry/demo/port.ts';
import { peers, sluice, type Contender, type Launch } from './contenders.ts';
import { HttpWire } from './http-wire.ts';
import { handshake } from './wire.ts';
import { hasKubectl, installPeers } from './peers.ts';

const OWN = 'bench-tools';
const START_MS = 60_000;

/** Uses the named running sandbox. Without a name it starts a separate one without load. */
export async function raiseSandbox(
  named: string | undefined,
  closers: Closers,
  say: (line: string) => void,
): Promise<Sandbox> {
  if (named !== undefined) return sandboxUp({ name: named });
  await sandboxDown({ name: OWN });
  closers.add('sandbox', async () => void (await sandboxDown({ name: OWN })));
  return sandboxUp({ name: OWN, rps: 0, applications: [], onProgress: say });
}

/**
 * Our server with its read-only default and the settings in `more`, and the peers that can run on this machine.
 * `toolsets`: those of the peer that has some.
 */
export async function contenders(
  sandbox: Sandbox,
  withPeers: boolean,
  closers: Closers,
  say: (line: string) => void,
  more: NodeJS.ProcessEnv = {},
  toolsets?: string,
): Promise<Contender[]> {
  const home = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  closers.add('folder', () => Promise.resolve(rmSync(home, { recursive: true, force: true })));
  const env = {
    ...sandboxProcessEnv(sandbox, home, 0),
    MCP_ALLOW_WRITE: 'false',
    SLUICE_LOCAL_ACCESS: 'open',
    SLUICE_LOG_LEVEL: 'warn',
    ...more,
  };
  if (!withPeers) return [sluice(env)];
  const programs = await installPeers(join(homeOf(), 'bench', 'peers'), say);
  const others = peers(programs, { ...withoutTemporal(process.env), KUBECONFIG: sandbox.kubeconfig }, toolsets);
  if (hasKubectl()) return [sluice(env), ...others];
  say('mcp-server-kubernetes is left out: it runs kubectl, and there is none on PATH');
  return [sluice(env), ...others.filter(({ name }) => name !== 'mcp-server-kubernetes')];
}

/** Starts a server over HTTP. Returns its address once it answers `initialize`. */
export async function serveHttp(contender: Contender, closers: Closers): Promise<{ url: string; pid: number }> {
  const port = await choosePort('0', () => undefined);
  const pid = spawnServer(contender.http(port), closers);
  const url = `http://127.0.0.1:${port}/mcp`;
  for (const end = Date.now() + START_MS; ; await sleep(100)) {
    const wire = new HttpWire(url);
    const problem = await handshake(wire).then(
      () => undefined,
      (error: Error) => error.message,
    );
    await wire.close();
    if (problem === undefined) return { url, pid };
    if (Date.now() > end) throw new Error(`${contender.name} does not answer at ${url}: ${problem}`);
  }
}

function spawnServer({ command, args, env }: Launch, closers: Closers): number {
  const child = spawn(command, [...args], { env, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  closers.add(command, async () => {
    child.kill();
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  });
  return child.pid ?? 0;
}
