import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../sandbox/index.ts';
import { Rules } from './chaos-rules.ts';
import { Mcp } from './mcp-client.ts';
import { Supervised, type ProcessSpec } from './releases-process.ts';

/** A worker with a separate task queue, the MCP server that starts releases on it, and a client of that server. */
export interface Lane {
  readonly name: string;
  readonly worker: Supervised;
  readonly server: Supervised;
  readonly mcp: Mcp;
  readonly rules: Rules;
  stop(): Promise<void>;
}

export interface LaneOptions {
  readonly name: string;
  /** Further settings of the server. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Uses `sluice worker` instead of the worker that tests can kill. */
  readonly plainWorker?: boolean;
}

export function folderOf(sandbox: Sandbox): string {
  return join(sandbox.stateDir, 'releases');
}

export async function openLane(sandbox: Sandbox, options: LaneOptions): Promise<Lane> {
  const folder = join(folderOf(sandbox), options.name);
  mkdirSync(folder, { recursive: true });
  const rules = new Rules(join(folder, 'rules'));
  const worker = new Supervised(workerSpec(sandbox, options, folder));
  const server = new Supervised(serverSpec(sandbox, options, folder));
  const stop = async () => void (await Promise.all([worker.stop(), server.stop()]));
  try {
    const [, [, url = '']] = await Promise.all([worker.ready(), server.ready()]);
    const mcp = await Mcp.connect(url);
    return { name: options.name, worker, server, mcp, rules, stop: () => mcp.close().then(stop) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function workerSpec(sandbox: Sandbox, { name, plainWorker = false }: LaneOptions, folder: string): ProcessSpec {
  return {
    name: `worker of lane ${name}`,
    args: plainWorker ? ['bin/sluice.mjs', 'worker'] : ['test/support/chaos-worker.ts'],
    env: { ...connections(sandbox, name), SLUICE_CHAOS_RULES: join(folder, 'rules') },
    stateDir: sandbox.stateDir,
    log: join(folder, 'worker.log'),
    ready: plainWorker ? /state: 'RUNNING'/ : /^ready$/m,
  };
}

function serverSpec(sandbox: Sandbox, { name, settings = {} }: LaneOptions, folder: string): ProcessSpec {
  return {
    name: `server of lane ${name}`,
    args: ['bin/sluice.mjs', 'serve'],
    env: { ...connections(sandbox, name), MCP_PORT: '0', MCP_ALLOW_WRITE: 'true', ...settings },
    stateDir: sandbox.stateDir,
    log: join(folder, 'server.log'),
    ready: /"url":"(http:[^"]+)"/,
  };
}

function connections(sandbox: Sandbox, lane: string): Record<string, string> {
  return {
    SLUICE_HOME: folderOf(sandbox),
    SLUICE_TASK_QUEUE: `sluice-${lane}`,
    SLUICE_KUBECONFIG: sandbox.kubeconfig,
    SLUICE_PROMETHEUS_URL: sandbox.prometheusUrl,
    SLUICE_TRAEFIK_API_URLS: sandbox.traefikApiUrls.join(','),
    TEMPORAL_ADDRESS: sandbox.temporalAddress,
  };
}
