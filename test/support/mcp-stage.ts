import { Agent, request } from 'node:http';
import { applyApplication, removeApplication } from '../../sandbox/index.ts';
import type { ApplicationSpec, Sandbox } from '../../sandbox/index.ts';
import type { ClusterClient } from '../../src/adapters/kubernetes/cluster-client.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { MIDDLEWARE, NAMESPACE as NAMESPACES } from '../../src/adapters/kubernetes/kinds.ts';
import { loadSettings } from '../../src/config/load.ts';
import { createServices, type Services } from '../../src/entry/services.ts';
import type { HttpServer } from '../../src/http/server.ts';
import { Mcp } from './mcp-client.ts';
import { depsOver, memoryAudit, startServerOver } from './mcp-server.ts';

export const NAMESPACE = 'mcp';

export interface Stage {
  readonly sandbox: Sandbox;
  readonly client: ClusterClient;
  readonly server: HttpServer;
  readonly audit: ReturnType<typeof memoryAudit>;
  readonly mcp: Mcp;
  /** A name that is unique to this run. Objects with such a name are removed at the end. */
  name(part: string): string;
  application(part: string, spec?: Partial<ApplicationSpec>): Promise<string>;
  close(): Promise<void>;
}

/** An MCP server of the product on the real sandbox, with writing allowed, and a client of it. */
export async function openMcpStage(sandbox: Sandbox): Promise<Stage> {
  const run = Date.now().toString(36).slice(-5);
  const names: string[] = [];
  const { settings } = loadSettings({
    env: {
      SLUICE_KUBECONFIG: sandbox.kubeconfig,
      SLUICE_PROMETHEUS_URL: sandbox.prometheusUrl,
      SLUICE_TRAEFIK_API_URLS: sandbox.traefikApiUrls.join(','),
      SLUICE_HOME: '/nonexistent',
    },
  });
  const services = createServices(settings, { serving: true });
  const audit = memoryAudit();
  const server = await startServerOver(depsOver(services, { allowWrite: true }, audit));
  const mcp = await Mcp.connect(server.mcpUrl, 'prompt-follower');
  const client = createClusters({ kubeconfig: sandbox.kubeconfig }).client(sandbox.context);
  await client.apply(
    { kind: NAMESPACES, name: NAMESPACE },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { fieldManager: 'test', force: true },
  );
  const name = (part: string): string => {
    const own = `mcp-${part}-${run}`;
    names.push(own);
    return own;
  };
  return {
    sandbox,
    client,
    server,
    audit,
    mcp,
    name,
    async application(part, spec = {}) {
      const own = name(part);
      await applyApplication(sandbox, {
        strategy: 'canary',
        image: 'shop:v1',
        rps: 0,
        ...spec,
        name: own,
        namespace: NAMESPACE,
      });
      return own;
    },
    close: () => close({ sandbox, client, server, mcp, services, names }),
  };
}

async function close({
  sandbox,
  client,
  server,
  mcp,
  services,
  names,
}: Pick<Stage, 'sandbox' | 'client' | 'server' | 'mcp'> & {
  services: Services;
  names: readonly string[];
}): Promise<void> {
  await mcp.close();
  await server.close();
  await services.close();
  await Promise.allSettled(names.map((name) => removeApplication(sandbox, name, NAMESPACE)));
  const middlewares = (await client.list(MIDDLEWARE, NAMESPACE)) as readonly {
    metadata: { name: string; uid: string };
  }[];
  const own = middlewares.filter(({ metadata }) => names.some((name) => metadata.name.startsWith(name)));
  await Promise.allSettled(
    own.map(({ metadata: { name, uid } }) => client.remove({ kind: MIDDLEWARE, namespace: NAMESPACE, name }, { uid })),
  );
}

/** Users of one application. They send requests through both Traefik replicas in turn, until stopped. */
export class Users {
  /** Number of answers by version and status, e.g. `v1 200`. */
  readonly answers = new Map<string, number>();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 50 });
  readonly #timer: NodeJS.Timeout;
  #turn = 0;

  constructor(sandbox: Sandbox, host: string, perSecond = 100) {
    this.#timer = setInterval(() => this.#send(sandbox.traefikEntryUrls, host), 1000 / perSecond);
  }

  /** Answers since the last call. */
  take(): Record<string, number> {
    const taken = Object.fromEntries(this.answers);
    this.answers.clear();
    return taken;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#agent.destroy();
  }

  #send(entries: readonly string[], host: string): void {
    const count = (what: string): void => void this.answers.set(what, (this.answers.get(what) ?? 0) + 1);
    const outgoing = request(
      entries[(this.#turn += 1) % entries.length] as string,
      { headers: { host }, agent: this.#agent, timeout: 10_000 },
      (response) => {
        response.resume();
        count(`${String(response.headers['x-version'] ?? 'none')} ${response.statusCode}`);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => this.#timer.hasRef() && count('error'));
    outgoing.end();
  }
}
