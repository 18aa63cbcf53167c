import { request } from 'node:http';
import { applyApplication, removeApplication } from '../../sandbox/index.ts';
import type { ApplicationSpec, Sandbox } from '../../sandbox/index.ts';
import type { ClusterClient } from '../../src/adapters/kubernetes/cluster-client.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { MIDDLEWARE, ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import type { CommandContext } from '../../src/commands/command.ts';
import { execute } from '../../src/commands/execute.ts';
import { loadSettings } from '../../src/config/load.ts';
import { createServices } from '../../src/entry/services.ts';
import { eventually } from './releases-wait.ts';

export const NAMESPACE = 'mid';

export interface Answer {
  readonly status: number;
  /** x-version of the sandbox's pods. Absent when Traefik itself answered. */
  readonly version: string | undefined;
}

/** The tools on the real sandbox, with separate applications. The test sends its requests itself. */
export class TraefikTools {
  readonly sandbox: Sandbox;
  readonly client: ClusterClient;
  readonly #applications: string[] = [];
  readonly #run = Date.now().toString(36).slice(-5);
  #turn = 0;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    this.client = createClusters({ kubeconfig: sandbox.kubeconfig }).client(sandbox.context);
  }

  /** A settled application. It gets no load unless `rps` is given. */
  async application(part: string, spec: Partial<ApplicationSpec> = {}): Promise<string> {
    const name = `mid-${part}-${this.#run}`;
    this.#applications.push(name);
    await applyApplication(this.sandbox, {
      strategy: 'canary',
      steps: [50],
      image: 'shop:v1',
      rps: 0,
      ...spec,
      name,
      namespace: NAMESPACE,
    });
    return name;
  }

  /** Sets the image and waits until the canary has its weight. */
  async startCanary(name: string, image: string, weight: number): Promise<void> {
    await this.client.jsonPatch({ kind: ROLLOUT, namespace: NAMESPACE, name }, [
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: image },
    ]);
    await eventually(
      `${name} has weight ${weight}`,
      async () => {
        const { status } = (await this.client.get({ kind: ROLLOUT, namespace: NAMESPACE, name })) as {
          status: { canary?: { weights?: { canary?: { weight?: number } } }; phase?: string };
        };
        return (status.canary?.weights?.canary?.weight === weight && status.phase === 'Paused') || undefined;
      },
      { timeoutMs: 60_000 },
    );
  }

  /** Sets the image and promotes it to stable at once, whatever its behaviour. */
  async release(name: string, image: string): Promise<void> {
    const ref = { kind: ROLLOUT, namespace: NAMESPACE, name };
    const read = async () =>
      (await this.client.get(ref)) as {
        metadata: { generation: number };
        status: { observedGeneration?: string; phase?: string; stableRS?: string; currentPodHash?: string };
      };
    await this.client.jsonPatch(ref, [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }]);
    await eventually(
      `${image} is stable in ${name}`,
      async () => {
        const { metadata, status } = await read();
        if (status.observedGeneration !== String(metadata.generation)) return undefined;
        if (status.phase === 'Healthy' && status.stableRS === status.currentPodHash) return true;
        await this.client.mergePatch(
          ref,
          { status: { promoteFull: true, pauseConditions: null } },
          { subresource: 'status' },
        );
        return undefined;
      },
      { timeoutMs: 90_000, everyMs: 500 },
    );
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#applications.map((name) => removeApplication(this.sandbox, name, NAMESPACE)));
    const middlewares = (await this.client.list(MIDDLEWARE, NAMESPACE)) as readonly {
      metadata: { name: string; uid: string };
    }[];
    const own = middlewares.filter(({ metadata }) =>
      this.#applications.some((name) => metadata.name.startsWith(`${name}-`)),
    );
    await Promise.allSettled(
      own.map(({ metadata: { name, uid } }) =>
        this.client.remove({ kind: MIDDLEWARE, namespace: NAMESPACE, name }, { uid }),
      ),
    );
  }

  /** `env`: settings that differ from the sandbox's. */
  async call<T = Record<string, unknown>>(tool: string, raw: object, env: Record<string, string> = {}): Promise<T> {
    const { settings } = loadSettings({
      env: {
        SLUICE_KUBECONFIG: this.sandbox.kubeconfig,
        SLUICE_PROMETHEUS_URL: this.sandbox.prometheusUrl,
        SLUICE_TRAEFIK_API_URLS: this.sandbox.traefikApiUrls.join(','),
        SLUICE_HOME: '/nonexistent',
        ...env,
      },
    });
    const command = CATALOGUE.find(({ name }) => name === tool);
    if (!command) throw new Error(`no tool ${tool}`);
    const services = createServices(settings);
    const context: CommandContext = {
      ...services,
      caller: { id: 'test', kind: 'cli' },
      signal: new AbortController().signal,
      progress: async () => undefined,
    };
    const audit = { ready: async () => undefined, begin: async () => undefined, record: async () => undefined };
    try {
      return (await execute({
        command,
        raw: { cluster: this.sandbox.context, namespace: NAMESPACE, ...raw },
        context,
        gate: { allowWrite: true, toolsets: [] },
        audit,
      })) as T;
    } finally {
      await services.close();
    }
  }

  /** Sends one request through the next Traefik replica in turn, or through replica number `replica`. */
  send(host: string, options: { method?: string; replica?: number } = {}): Promise<Answer> {
    const urls = this.sandbox.traefikEntryUrls;
    const url = urls[options.replica ?? (this.#turn += 1) % urls.length] as string;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        url,
        {
          method: options.method ?? 'GET',
          headers: { host: `${host}.${NAMESPACE}.local` },
          agent: false,
          timeout: 10_000,
        },
        (response) => {
          response.resume();
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, version: response.headers['x-version'] as string | undefined }),
          );
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 10 s')));
      outgoing.on('error', reject);
      outgoing.end();
    });
  }
}
