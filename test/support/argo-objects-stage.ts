import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { acquireBinary } from '../../sandbox/index.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import type { ClusterClient } from '../../src/adapters/kubernetes/cluster-client.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { NAMESPACE, ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import type { Kind, ObjectRef } from '../../src/adapters/kubernetes/kinds.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import type { CommandContext } from '../../src/commands/command.ts';
import { execute } from '../../src/commands/execute.ts';
import { loadSettings } from '../../src/config/load.ts';
import type { SluiceError } from '../../src/domain/errors.ts';
import { createServices } from '../../src/entry/services.ts';
import { eventually } from './releases-wait.ts';

const run = promisify(execFile);

interface Named {
  readonly name: string;
  readonly phase: string;
}

/** Fields of the answers of all these tools. Each tool has some of them. */
export interface Seen extends Named {
  readonly changed: boolean;
  readonly effective: string;
  readonly next: string;
  readonly found: readonly string[];
  readonly after: { readonly pod_hash: string };
  readonly weight: number;
  readonly step: number;
  readonly plan: readonly string[];
  readonly conditions: readonly object[];
  readonly services: readonly { readonly role: string; readonly version: string }[];
  readonly analysis: readonly { readonly run: string; readonly status: string }[];
  readonly message: string;
  readonly revisions: readonly {
    readonly revision: number;
    readonly role: string;
    readonly images: Readonly<Record<string, string>>;
  }[];
  readonly events: readonly { readonly at: string; readonly who: string; readonly reason: string }[];
  readonly writes: readonly { readonly who: string; readonly what: string }[];
  readonly analysis_runs: readonly object[];
  readonly rollouts: readonly Named[];
  readonly total: number;
}

/** The parts of a cluster object that tests read. */
export interface Stored {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
    readonly strategy: { readonly canary: { readonly steps: readonly object[] } };
    readonly metrics: readonly { readonly name: string }[];
  };
  readonly status?: { readonly completedAt?: string; readonly metricResults: readonly object[] };
}

/** The tools on the real sandbox, in a separate namespace that is deleted at the end with all its objects. */
export class ObjectsStage {
  readonly sandbox: Sandbox;
  readonly client: ClusterClient;
  readonly namespace = `obj-${Date.now().toString(36).slice(-6)}`;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    this.client = createClusters({ kubeconfig: sandbox.kubeconfig }).client(sandbox.context);
  }

  async open(): Promise<void> {
    await this.client.apply(
      { kind: NAMESPACE, name: this.namespace },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace } },
      { fieldManager: 'test' },
    );
  }

  async close(): Promise<void> {
    const ref = { kind: NAMESPACE, name: this.namespace };
    const { metadata } = (await this.client.get(ref)) as { metadata: { uid: string } };
    await this.client.remove(ref, metadata);
  }

  ref(kind: Kind, name: string): ObjectRef {
    return { kind, namespace: this.namespace, name };
  }

  /** `env`: settings that differ from the sandbox's. */
  async call(tool: string, raw: object, env: Record<string, string> = {}): Promise<Seen> {
    const { sandbox } = this;
    const { settings } = loadSettings({
      env: {
        SLUICE_KUBECONFIG: sandbox.kubeconfig,
        SLUICE_PROMETHEUS_URL: sandbox.prometheusUrl,
        SLUICE_TRAEFIK_API_URLS: sandbox.traefikApiUrls.join(','),
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
      const answer = await execute({
        command,
        raw: { ...('cluster' in command.input.shape && { cluster: sandbox.context }), ...raw },
        context,
        gate: { allowWrite: true, toolsets: [] },
        audit,
      });
      return command.output.parse(answer) as unknown as Seen;
    } finally {
      await services.close();
    }
  }

  async get(kind: Kind, name: string): Promise<Stored> {
    return (await this.client.get(this.ref(kind, name))) as Stored;
  }

  /** A call about one object of the stage's namespace. */
  about(tool: string, name: string, more: object = {}, env: Record<string, string> = {}): Promise<Seen> {
    return this.call(tool, { namespace: this.namespace, name, ...more }, env);
  }

  status(name: string): Promise<Seen> {
    return this.about('argo_get_rollout_status', name);
  }

  /** Waits until the tool reports a status that matches. */
  until(name: string, what: string, wanted: (status: Seen) => boolean): Promise<Seen> {
    return eventually(
      `${name}: ${what}`,
      async () => {
        const status = await this.status(name);
        return wanted(status) ? status : undefined;
      },
      { timeoutMs: 60_000 },
    );
  }

  async setImage(name: string, image: string): Promise<void> {
    await this.client.jsonPatch(this.ref(ROLLOUT, name), [
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: image },
    ]);
  }

  async apply(kind: Kind, name: string, body: object, fieldManager = 'test'): Promise<void> {
    const apiVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version;
    await this.client.apply(
      this.ref(kind, name),
      { apiVersion, kind: kind.name, metadata: { name, namespace: this.namespace }, ...body },
      { fieldManager },
    );
  }

  /** "Status:" and "Message:" of the kubectl plugin. */
  async plugin(name: string): Promise<{ phase: string; message: string }> {
    const { path } = await acquireBinary('kubectl-argo-rollouts');
    const { stdout } = await run(path, [
      'get',
      'rollout',
      name,
      '-n',
      this.namespace,
      '--kubeconfig',
      this.sandbox.kubeconfig,
      '--context',
      this.sandbox.context,
      '--no-color',
    ]);
    const field = (label: string) => new RegExp(`^${label}:\\s*(.*)$`, 'm').exec(stdout)?.[1]?.trim() ?? '';
    return { phase: field('Status').replace(/^\W+/, ''), message: field('Message') };
  }
}

/** The catalogue error of a call that fails. */
export const failureOf = (call: Promise<unknown>): Promise<SluiceError> =>
  call.then(
    () => Promise.reject(new Error('the call did not fail')),
    (error: SluiceError) => error,
  );

export const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no error',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
