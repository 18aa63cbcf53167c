import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../sandbox/index.ts';
import { REST_ROOT } from '../../src/http/rest/routes.ts';
import { Rules } from './chaos-rules.ts';
import { Mcp } from './mcp-client.ts';
import { Supervised, type ProcessSpec } from './releases-process.ts';

/** A worker with a separate task queue, the MCP server that starts releases on it, and a client of that server. */
export interface Lane {
  readonly name: string;
  readonly taskQueue: string;
  readonly worker: Supervised;
  /** All workers of the task queue. The first is `worker`. */
  readonly workers: readonly Supervised[];
  readonly server: Supervised;
  readonly mcp: Mcp;
  /** The Tools API of the same server. */
  readonly restUrl: string;
  readonly rules: Rules;
  stop(): Promise<void>;
}

export interface LaneOptions {
  readonly name: string;
  /** Further settings of the server. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Further settings of the workers. */
  readonly workerSettings?: Readonly<Record<string, string>>;
  /** Uses `sluice worker` instead of the worker that tests can kill. */
  readonly plainWorker?: boolean;
  /** Number of workers. Default: 1. */
  readonly workers?: number;
}

export function folderOf(sandbox: Sandbox): string {
  return join(sandbox.stateDir, 'releases');
}

export async function openLane(sandbox: Sandbox, options: LaneOptions): Promise<Lane> {
  const folder = join(folderOf(sandbox), options.name);
  mkdirSync(folder, { recursive: true });
  const rules = new Rules(join(folder, 'rules'));
  const workers = Array.from(
    { length: options.workers ?? 1 },
    (_, index) => new Supervised(workerSpec(sandbox, options, folder, index)),
  );
  const [worker] = workers as [Supervised];
  const server = new Supervised(serverSpec(sandbox, options, folder));
  const stop = async () => void (await Promise.all([...workers, server].map((one) => one.stop())));
  try {
    const [[, url = '']] = await Promise.all([server.ready(), ...workers.map((one) => one.ready())]);
    const mcp = await Mcp.connect(url);
    const taskQueue = queueOf(options.name);
    const base = { name: options.name, taskQueue, worker, workers, server, mcp, rules };
    return { ...base, restUrl: new URL(REST_ROOT, url).href, stop: () => mcp.close().then(stop) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function workerSpec(
  sandbox: Sandbox,
  { name, plainWorker = false, workerSettings = {} }: LaneOptions,
  folder: string,
  index: number,
): ProcessSpec {
  return {
    name: `worker ${index + 1} of lane ${name}`,
    args: plainWorker ? ['bin/sluice.mjs', 'worker'] : ['test/support/chaos-worker.ts'],
    env: { ...connections(sandbox, name), SLUICE_CHAOS_RULES: join(folder, 'rules'), ...workerSettings },
    stateDir: sandbox.stateDir,
    log: join(folder, index === 0 ? 'worker.log' : `worker-${index + 1}.log`),
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

const queueOf = (lane: string): string => `sluice-${lane}`;

function connections(sandbox: Sandbox, lane: string): Record<string, string> {
  return {
    SLUICE_HOME: folderOf(sandbox),
    SLUICE_TASK_QUEUE: queueOf(lane),
    SLUICE_KUBECONFIG: sandbox.kubeconfig,
    SLUICE_PROMETHEUS_URL: sandbox.prometheusUrl,
    SLUICE_TRAEFIK_API_URLS: sandbox.traefikApiUrls.join(','),
    TEMPORAL_ADDRESS: sandbox.temporalAddress,
    SLUICE_LOCAL_ACCESS: 'open',
  };
}
