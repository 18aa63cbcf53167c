import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { claimPorts, type ClaimedPorts } from '../../sandbox/processes/ports.ts';
import { startPostgres } from './postgres.ts';

export interface NodePrograms {
  /** Paths. */
  readonly server: string;
  readonly sqlTool: string;
}

/** One server of Temporal with all four services, as one of several on a database. */
export class TemporalNode {
  readonly frontend: number;
  readonly #program: string;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  /** `config`: the text of its configuration. */
  constructor(program: string, folder: string, { config, frontend }: { config: string; frontend: number }) {
    this.#program = program;
    this.#folder = folder;
    this.frontend = frontend;
    mkdirSync(join(folder, 'config'), { recursive: true });
    writeFileSync(join(folder, 'config', 'development.yaml'), config);
    writeFileSync(join(folder, 'dynamic.yaml'), '');
  }

  start(): void {
    const log = openSync(join(this.#folder, 'log'), 'a');
    const args = ['--root', this.#folder, '--config', 'config', '--env', 'development', '--allow-no-auth', 'start'];
    this.#child = spawn(this.#program, args, { cwd: this.#folder, stdio: ['ignore', log, log] });
    closeSync(log);
  }

  /** As a machine that loses its power. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** The newest lines of its log. */
  get log(): string {
    return readFileSync(join(this.#folder, 'log'), 'utf8').slice(-4_000);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exit;
  }
}

/** One address for all nodes, as a Service in a cluster has: each connection goes to the next node that takes it. */
class Balancer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #turn = 0;

  constructor(ports: readonly number[]) {
    this.#server = createServer((client) => this.#pass(client, ports, ports.length));
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(client: Socket, ports: readonly number[], tries: number): void {
    const node = connect(ports[(this.#turn += 1) % ports.length] as number, '127.0.0.1');
    const begun = () => {
      for (const [one, other] of [[client, node] as const, [node, client] as const]) {
        this.#sockets.add(one);
        one.pipe(other);
        one.on('close', () => void (this.#sockets.delete(one), other.destroy()));
      }
    };
    node.once('connect', begun);
    client.on('error', () => node.destroy());
    node.on('error', () => {
      if (node.connecting === false && this.#sockets.has(node)) return void client.destroy();
      if (tries > 1) this.#pass(client, ports, tries - 1);
      else client.destroy();
    });
  }
}

export interface TemporalNodes {
  /** host:port, for all nodes. */
  readonly address: string;
  readonly nodes: readonly [TemporalNode, TemporalNode];
  /** Resolves when the node answers by itself. */
  answers(node: TemporalNode): Promise<void>;
  stop(): Promise<void>;
}

const SERVICES = ['frontend', 'matching', 'history', 'worker'] as const;
const KINDS = ['grpc', 'membership', 'http'] as const;
const NAMES = ['a', 'b'] as const;
type Name = (typeof NAMES)[number];
const portNames = (node: Name) => [
  ...SERVICES.flatMap((service) => KINDS.map((kind) => `${node}-${service}-${kind}`)),
  `${node}-pprof`,
];
const START_MS = 120_000;

/** Two nodes of Temporal on one PostgreSQL, with the namespace `default`. */
export async function startTemporalNodes({ server, sqlTool }: NodePrograms): Promise<TemporalNodes> {
  const postgres = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'sluice-temporal-nodes-'));
  const claims = await Promise.all(NAMES.map((name) => claimPorts([...portNames(name), 'all'])));
  const databases = [await postgres.database(), await postgres.database()] as const;
  await tables(sqlTool, databases[0], 'temporal');
  await tables(sqlTool, databases[1], 'visibility');
  const nodes = NAMES.map((name, index) => {
    const { ports } = claims[index] as ClaimedPorts;
    const config = configOf(name, ports, databases);
    return new TemporalNode(server, join(folder, name), { config, frontend: ports[`${name}-frontend-grpc`] as number });
  });
  const [one, other] = nodes as [TemporalNode, TemporalNode];
  const balancer = new Balancer([one.frontend, other.frontend]);
  const port = claims[0]?.ports['all'] as number;
  const stop = async () => {
    await balancer.close();
    await Promise.all(nodes.map((node) => node.stop()));
    await postgres.stop();
    await Promise.all(claims.map(({ release }) => release()));
    rmSync(folder, { recursive: true, force: true });
  };
  await balancer.listen(port);
  for (const node of nodes) node.start();
  for (const node of nodes) await answers(node);
  await namespace(one);
  return { address: `127.0.0.1:${port}`, nodes: [one, other], answers, stop };
}

const run = promisify(execFile);

/** The tables that the server has in itself. */
async function tables(sqlTool: string, url: string, schema: 'temporal' | 'visibility'): Promise<void> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const access = ['--plugin', 'postgres12', '--ep', hostname, '-p', port, '-u', username, '--pw', password];
  const of = [...access, '--db', pathname.slice(1)];
  await run(sqlTool, [...of, 'setup-schema', '-v', '0.0']);
  await run(sqlTool, [...of, 'update-schema', '--schema-name', `postgresql/v12/${schema}`]);
}

function configOf(name: Name, ports: Readonly<Record<string, number>>, databases: readonly [string, string]): string {
  const store = (url: string) => {
    const { host, username, password, pathname } = new URL(url);
    const connections = { maxConns: 20, maxIdleConns: 20, maxConnLifetime: '1h' };
    const database = { databaseName: pathname.slice(1), connectAddr: host, connectProtocol: 'tcp' };
    return { sql: { pluginName: 'postgres12', ...database, user: username, password, ...connections } };
  };
  const service = (of: (typeof SERVICES)[number]) => {
    const port = (kind: (typeof KINDS)[number]) => ports[`${name}-${of}-${kind}`];
    const http = of === 'frontend' ? { httpPort: port('http') } : {};
    return { rpc: { grpcPort: port('grpc'), membershipPort: port('membership'), bindOnLocalHost: true, ...http } };
  };
  const active = { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend' };
  const rpcAddress = `127.0.0.1:${ports[`${name}-frontend-grpc`]}`;
  // JSON is YAML.
  return JSON.stringify({
    log: { stdout: true, level: 'warn' },
    persistence: {
      ...{ defaultStore: 'default', visibilityStore: 'visibility', numHistoryShards: 4 },
      datastores: { default: store(databases[0]), visibility: store(databases[1]) },
    },
    global: {
      membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' },
      pprof: { port: ports[`${name}-pprof`] },
    },
    services: Object.fromEntries(SERVICES.map((one) => [one, service(one)])),
    clusterMetadata: {
      ...{ enableGlobalNamespace: false, failoverVersionIncrement: 10 },
      ...{ masterClusterName: 'active', currentClusterName: 'active' },
      clusterInformation: { active: { ...active, rpcAddress } },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: 'dynamic.yaml', pollInterval: '10s' },
  });
}

async function answers(node: TemporalNode): Promise<void> {
  for (const end = Date.now() + START_MS; ; await sleep(200)) {
    try {
      const connection = await Connection.connect({ address: `127.0.0.1:${node.frontend}`, connectTimeout: 1_000 });
      await connection.workflowService.getClusterInfo({}).finally(() => connection.close());
      return;
    } catch (error) {
      if (Date.now() > end) throw new Error(`the node does not answer: ${String(error)}\n${node.log}`);
    }
  }
}

const DAY_S = 86_400;

/** Registers the namespace, and waits until the node knows it: it reads its list of them every few seconds. */
async function namespace({ frontend, log }: TemporalNode): Promise<void> {
  const connection = await Connection.connect({ address: `127.0.0.1:${frontend}` });
  try {
    const retention = { seconds: DAY_S as unknown as Long };
    await connection.workflowService.registerNamespace({
      namespace: 'default',
      workflowExecutionRetentionPeriod: retention,
    });
    for (const end = Date.now() + START_MS; ; await sleep(500)) {
      const known = await connection.workflowService
        .countWorkflowExecutions({ namespace: 'default' })
        .then(() => true)
        .catch(() => false);
      if (known) return;
      if (Date.now() > end) throw new Error(`the namespace is not known:\n${log}`);
    }
  } finally {
    await connection.close();
  }
}

type Long = NonNullable<
  NonNullable<
    Parameters<Connection['workflowService']['registerNamespace']>[0]['workflowExecutionRetentionPeriod']
  >['seconds']
>;
