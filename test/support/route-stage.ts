import { applyApplication, removeApplication } from '../../sandbox/index.ts';
import type { ApplicationSpec, Sandbox } from '../../sandbox/index.ts';
import { addToLoad, loadStats, removeFromLoad, resetLoadStats } from '../../sandbox/load/client.ts';
import type { ClusterClient } from '../../src/adapters/kubernetes/cluster-client.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { INGRESS_ROUTE, ROLLOUT, SERVICE, TRAEFIK_SERVICE } from '../../src/adapters/kubernetes/kinds.ts';
import type { Kind } from '../../src/adapters/kubernetes/kinds.ts';
import type { RouteSnapshot } from '../../src/contract/route-snapshot.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import type { CommandContext } from '../../src/commands/command.ts';
import { execute } from '../../src/commands/execute.ts';
import { loadSettings } from '../../src/config/load.ts';
import type { SluiceError } from '../../src/domain/errors.ts';
import { createServices } from '../../src/entry/services.ts';
import type { ToolPorts } from '../../src/ports/index.ts';
import { eventually } from './releases-wait.ts';

export const NAMESPACE = 'routes';

export interface Written {
  readonly changed: boolean;
  readonly effective: string;
  readonly reason: string;
  readonly next?: string;
  readonly before?: RouteSnapshot;
  readonly after?: RouteSnapshot;
}

export interface Distribution {
  readonly route: RouteSnapshot;
  readonly argo_weight?: number;
  readonly services: readonly {
    service: string;
    wanted: number;
    requests?: number;
    share?: number;
    low?: number;
    high?: number;
    version?: string;
  }[];
  readonly window_seconds: number;
  readonly agrees: string;
  readonly reason: string;
}

export const CREATE = 'traefik_create_weighted_route';
export const UPDATE = 'traefik_update_route_weights';
export const DELETE = 'traefik_delete_route';
export const READ = 'traefik_get_traffic_distribution';

interface CallOptions {
  /** Settings that differ from the sandbox's. */
  readonly env?: Record<string, string>;
  readonly ports?: (real: ToolPorts) => Partial<ToolPorts>;
}

/** The route tools on the real sandbox, with separate applications, Services and load. */
export class RouteStage {
  readonly sandbox: Sandbox;
  readonly client: ClusterClient;
  readonly #run = Date.now().toString(36).slice(-5);
  readonly #applications: string[] = [];
  readonly #loads: string[] = [];

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    this.client = createClusters({ kubeconfig: sandbox.kubeconfig }).client(sandbox.context);
  }

  name(part: string): string {
    return `route-${part}-${this.#run}`;
  }

  host(route: string): string {
    return `${route}.${NAMESPACE}.local`;
  }

  async application(part: string, spec: Partial<ApplicationSpec> = {}): Promise<string> {
    const name = this.name(part);
    this.#applications.push(name);
    await applyApplication(this.sandbox, {
      strategy: 'blue-green',
      image: 'shop:v1',
      rps: 0,
      ...spec,
      name,
      namespace: NAMESPACE,
    });
    return name;
  }

  /** Services `<route>-stable` and `<route>-canary` over the pods of an application. */
  async services(route: string, app: string, port = 8080): Promise<void> {
    for (const [arm, number] of [
      ['stable', 8080],
      ['canary', port],
    ] as const)
      await this.service(`${route}-${arm}`, { app }, number);
  }

  /** A weighted route over the pods of an application, proved. */
  async newRoute(part: string, app: string): Promise<string> {
    const route = this.name(part);
    await this.services(route, app);
    const made = await this.call<Written>(CREATE, { route_name: route, hostname: this.host(route), native_lb: true });
    if (made.effective !== 'proved') throw new Error(`${route}: ${made.reason}`);
    return route;
  }

  /** Another actor's write to a TraefikService. */
  async writeWeights(route: string, patch: (services: { name: string; weight: number }[]) => unknown): Promise<void> {
    const { spec } = (await this.object(TRAEFIK_SERVICE, route)) as unknown as {
      spec: { weighted: { services: { name: string; weight: number }[] } };
    };
    await this.client.jsonPatch({ kind: TRAEFIK_SERVICE, namespace: NAMESPACE, name: route }, [
      { op: 'replace', path: '/spec/weighted', value: patch(spec.weighted.services) },
    ]);
  }

  async service(name: string, selector: Record<string, string>, port = 8080): Promise<void> {
    const manifest = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: NAMESPACE },
      spec: { selector, ports: [{ name: 'http', port, targetPort: 8080 }] },
    };
    await this.client.apply({ kind: SERVICE, namespace: NAMESPACE, name }, manifest, { fieldManager: 'test' });
    // Requests to a Service without endpoints are refused, as with a real kubelet.
    if (selector['app'] !== 'nobody')
      await eventually(`${name} has endpoints`, async () => ((await this.ready(name)) > 0 ? true : undefined));
  }

  async ready(name: string): Promise<number> {
    return this.ports({})
      .then(({ routes }) => routes.service({ cluster: this.sandbox.context, namespace: NAMESPACE, name }))
      .then(({ ready }) => ready);
  }

  async object(
    kind: Kind,
    name: string,
  ): Promise<{ metadata: { resourceVersion: string; uid: string }; spec: Record<string, unknown> }> {
    return (await this.client.get({ kind, namespace: NAMESPACE, name })) as {
      metadata: { resourceVersion: string; uid: string };
      spec: Record<string, unknown>;
    };
  }

  async exists(kind: Kind, name: string): Promise<boolean> {
    return (await this.client.list(kind, NAMESPACE)).some(
      (item) => (item as { metadata: { name: string } }).metadata.name === name,
    );
  }

  async load(route: string, rps: number): Promise<void> {
    this.#loads.push(route);
    await addToLoad(this.sandbox, route, NAMESPACE, { rps });
    await resetLoadStats(this.sandbox, `${NAMESPACE}/${route}`);
  }

  async unload(route: string): Promise<void> {
    await removeFromLoad(this.sandbox, route, NAMESPACE);
  }

  /** Answers and failures since the load began. */
  async traffic(route: string): Promise<{ answered: number; failed: number }> {
    const stats = (await loadStats(this.sandbox, `${NAMESPACE}/${route}`)).apps[`${NAMESPACE}/${route}`];
    if (!stats) throw new Error(`no load on ${route}`);
    return { answered: stats.answered, failed: stats.failures.length };
  }

  /** Sets the image and waits until the canary pauses at its first weight. */
  async startCanary(name: string, image: string): Promise<void> {
    await this.client.jsonPatch({ kind: ROLLOUT, namespace: NAMESPACE, name }, [
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: image },
    ]);
    await eventually(
      `${name} is paused`,
      async () => {
        const { status } = (await this.client.get({ kind: ROLLOUT, namespace: NAMESPACE, name })) as {
          status: { phase?: string; currentPodHash?: string; stableRS?: string };
        };
        return (status.phase === 'Paused' && status.currentPodHash !== status.stableRS) || undefined;
      },
      { timeoutMs: 60_000 },
    );
  }

  async ports(env: Record<string, string>): Promise<ToolPorts> {
    return createServices(this.#settings(env)).ports;
  }

  async call<T = Record<string, unknown>>(
    tool: string,
    raw: object,
    { env = {}, ports }: CallOptions = {},
  ): Promise<T> {
    const command = CATALOGUE.find(({ name }) => name === tool);
    if (!command) throw new Error(`no tool ${tool}`);
    const services = createServices(this.#settings(env));
    const context: CommandContext = {
      ...services,
      ports: withPorts(services.ports, ports?.(services.ports) ?? {}),
      caller: { id: 'test', kind: 'cli' },
      signal: new AbortController().signal,
      progress: async () => undefined,
    };
    const audit = { ready: async () => undefined, begin: async () => undefined, record: async () => undefined };
    const output = await execute({
      command,
      raw: { cluster: this.sandbox.context, namespace: NAMESPACE, ...raw },
      context,
      gate: { allowWrite: true, toolsets: [] },
      audit,
    });
    return command.output.parse(output) as T;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#loads.map((route) => this.unload(route)));
    for (const kind of [INGRESS_ROUTE, TRAEFIK_SERVICE, SERVICE]) await this.#removeOwn(kind);
    await Promise.allSettled(this.#applications.map((name) => removeApplication(this.sandbox, name, NAMESPACE)));
  }

  async #removeOwn(kind: Kind): Promise<void> {
    const items = (await this.client.list(kind, NAMESPACE)) as readonly { metadata: { name: string; uid: string } }[];
    const own = items.filter(({ metadata }) => metadata.name.startsWith('route-') && metadata.name.includes(this.#run));
    await Promise.allSettled(
      own.map(({ metadata: { name, uid } }) => this.client.remove({ kind, namespace: NAMESPACE, name }, { uid })),
    );
  }

  #settings(env: Record<string, string>) {
    return loadSettings({
      env: {
        SLUICE_KUBECONFIG: this.sandbox.kubeconfig,
        SLUICE_PROMETHEUS_URL: this.sandbox.prometheusUrl,
        SLUICE_TRAEFIK_API_URLS: this.sandbox.traefikApiUrls.join(','),
        SLUICE_HOME: '/nonexistent',
        ...env,
      },
    }).settings;
  }
}

/** The error of a call that must fail. */
export const errorOf = async (call: Promise<unknown>): Promise<SluiceError> =>
  call.then(
    () => Promise.reject(new Error('it was accepted')),
    (error: unknown) => error as SluiceError,
  );

export const codeOf = async (call: Promise<unknown>) => (await errorOf(call)).code;

/** The ports with some replaced. They are a proxy without own properties, so they cannot be spread. */
function withPorts(real: ToolPorts, replaced: Partial<ToolPorts>): ToolPorts {
  const get = (_: ToolPorts, name: string): unknown => Reflect.get(name in replaced ? replaced : real, name);
  return new Proxy(real, { get });
}

/** The port's methods, bound, because the deferred port is a proxy without own properties. */
export function routesOf<Port extends object>(port: Port): Port {
  const names = [
    'read',
    'served',
    'links',
    'service',
    'create',
    'setWeights',
    'findIngressRoute',
    'removeIngressRoute',
    'removeTraefikService',
  ];
  return Object.fromEntries(
    names.map((name) => [
      name,
      (...args: unknown[]) => (port as Record<string, (...all: unknown[]) => unknown>)[name]?.(...args),
    ]),
  ) as Port;
}
