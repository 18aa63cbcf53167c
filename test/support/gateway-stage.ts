import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { emptyServer, type RegisteredServer, type ServerVersion } from '../../src/domain/servers/server.ts';
import type { GatewayAccess } from '../../src/gateway/access.ts';
import { Gateway } from '../../src/gateway/gateway.ts';
import { HEALTH, type HealthSettings } from '../../src/gateway/health.ts';
import { startHttpFront, type HttpFront } from '../../src/gateway/http-front.ts';
import { createSealer } from '../../src/gateway/seal.ts';
import { ServerTable } from '../../src/gateway/server-table.ts';
import type { ServerStatus } from '../../src/gateway/status.ts';
import { LIMITS, type Limits } from '../../src/gateway/upstream.ts';
import { asDefined } from '../../src/gateway/upstreams.ts';
import { createLog, type Log } from '../../src/observability/log.ts';
import type { ServerRegistryPort } from '../../src/ports/server-registry.ts';
import { createFakeServers } from './fake-servers.ts';

const PROGRAM = fileURLToPath(new URL('gateway-server.ts', import.meta.url));
export const KEY = Buffer.alloc(32, 7);

export type Reached = Pick<ServerVersion, 'transport'> & Record<string, unknown>;

/** A version of the small server as a process. */
export function program(label: string, ...options: string[]): Reached {
  return { transport: 'stdio', command: process.execPath, args: [PROGRAM, label, ...options], env: {} };
}

export function shellProgram(script: string): Reached {
  return { transport: 'stdio', command: process.execPath, args: ['-e', script], env: {} };
}

export function remote(url: string, headers: Record<string, string> = {}): Reached {
  return { transport: 'streamable-http', url, headers };
}

/** Blue takes what the others leave. */
export function aServer(name: string, versions: Record<string, Reached>, traffic: Record<string, number> = {}) {
  const left = 100 - Object.values(traffic).reduce((sum, share) => sum + share, 0);
  const listed = Object.entries(versions).map(([version, reached], index) => ({
    ...reached,
    version,
    status: index === 0 ? 'blue' : 'green',
    traffic: index === 0 ? left : (traffic[version] ?? 0),
    registeredAt: 0,
  }));
  return { ...emptyServer(name, 'project'), revision: 1, versions: listed as unknown as ServerVersion[] };
}

export interface Stage {
  readonly registry: ServerRegistryPort;
  readonly gateway: Gateway;
  readonly url: (name: string) => string;
  readonly root: string;
  /** Sets the traffic of a green version; blue takes the rest. */
  shift(name: string, version: string, traffic: number): Promise<void>;
  remove(name: string, version: string): Promise<void>;
  status(name: string): Promise<ServerStatus>;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly limits?: Partial<Limits>;
  /** By default versions are not pinged. */
  readonly health?: Partial<HealthSettings>;
  readonly recorded?: number;
  readonly registry?: ServerRegistryPort;
  readonly env?: NodeJS.ProcessEnv;
  readonly key?: Buffer;
  readonly port?: number;
  readonly log?: Log;
  /** By default nobody is asked who they are. */
  readonly access?: GatewayAccess;
}

/** A gateway over HTTP on a free port. */
export async function startGateway(servers: readonly RegisteredServer[], options: StageOptions = {}): Promise<Stage> {
  const { log = createLog('silent') } = options;
  const registry = options.registry ?? createFakeServers(...servers);
  const limits = { ...LIMITS, ...options.limits };
  const gateway = new Gateway({
    table: await ServerTable.follow(registry, log),
    sealer: createSealer([options.key ?? KEY]),
    limits,
    health: { ...HEALTH, everyMs: 0, ...options.health },
    recorded: options.recorded ?? 0,
    connect: asDefined(limits, options.env ?? process.env),
  });
  const front: HttpFront = await startHttpFront(gateway, {
    host: '127.0.0.1',
    port: options.port ?? 0,
    log,
    version: '0.0.0-test',
    access: options.access,
  });
  const change = async (name: string, fn: (versions: readonly ServerVersion[]) => readonly ServerVersion[]) =>
    void (await registry.change(name, undefined, (server) => ({
      ...server,
      revision: server.revision + 1,
      versions: fn(server.versions),
    })));
  return {
    registry,
    gateway,
    root: front.url,
    url: (name) => `${front.url}/servers/${name}/mcp`,
    shift: (name, version, traffic) =>
      change(name, (versions) =>
        versions.map((found) => {
          if (found.version === version) return { ...found, traffic };
          return found.status === 'blue' ? { ...found, traffic: 100 - traffic } : found;
        }),
      ),
    remove: (name, version) => change(name, (versions) => versions.filter((found) => found.version !== version)),
    status: async (name) => (await fetch(`${front.url}/servers/${name}/status`)).json() as Promise<ServerStatus>,
    async close() {
      await front.close();
      await gateway.close();
    },
  };
}

/** The small server over HTTP, as its own process. */
export async function startRemote(
  label: string,
  ...options: string[]
): Promise<{ url: string; stop(): Promise<void> }> {
  const transport = options.includes('sse') ? [] : ['http'];
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, label, ...transport, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [first] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return {
    url: first.toString().trim(),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
