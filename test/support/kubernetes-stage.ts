import type { Kind, ObjectRef } from '../../src/adapters/kubernetes/kinds.ts';
import type { CommandContext } from '../../src/commands/command.ts';
import { execute, type Output } from '../../src/commands/execute.ts';
import { TOOLSETS } from '../../src/toolsets/index.ts';
import { createFakeGateway, DEFAULTS } from './fake-gateway.ts';
import { FakeCluster, type StoredObject } from './fake-cluster.ts';
import { memoryAudit } from './mcp-server.ts';
import { recorded, type Request } from './recorded-requests.ts';
import { worldServices } from './fake-tools.ts';
import { FakeMetrics } from './fake-metrics.ts';
import type { LocalFilesPort } from '../../src/ports/local-files.ts';
import type { HelmPort } from '../../src/ports/helm.ts';

const GROUPS: Readonly<Record<string, readonly [string, string]>> = {
  deployments: ['apps', 'v1'],
  replicasets: ['apps', 'v1'],
  rollouts: ['argoproj.io', 'v1alpha1'],
  gitrepositories: ['source.toolkit.fluxcd.io', 'v1'],
  ocirepositories: ['source.toolkit.fluxcd.io', 'v1'],
  helmrepositories: ['source.toolkit.fluxcd.io', 'v1'],
  helmcharts: ['source.toolkit.fluxcd.io', 'v1'],
  kustomizations: ['kustomize.toolkit.fluxcd.io', 'v1'],
  helmreleases: ['helm.toolkit.fluxcd.io', 'v2'],
  alerts: ['notification.toolkit.fluxcd.io', 'v1beta3'],
  providers: ['notification.toolkit.fluxcd.io', 'v1beta3'],
};

/** Every command, also those that a setting switches on and those of the terminal. */
export const ALL = TOOLSETS.flatMap(({ commands, switched = [], terminal = [] }) => [
  ...commands,
  ...switched,
  ...terminal,
]);

function commandOf(tool: string) {
  const command = ALL.find(({ name }) => name === tool);
  if (!command) throw new Error(`there is no ${tool}`);
  return command;
}

/** The tools k8s_* and helm_* over a cluster in memory. */
export class KubernetesStage {
  readonly cluster = new FakeCluster('prod');
  readonly requests: Request[] = [];
  allowedNamespaces: readonly string[] = [];
  helm: HelmPort | undefined;
  signal = new AbortController().signal;
  progress: CommandContext['progress'] = async () => undefined;
  lines: CommandContext['lines'];
  /** Settings beside the defaults. */
  switchedOn: object = {};
  files: LocalFilesPort | undefined;
  readonly audit = memoryAudit();

  add(plural: string, namespace: string, name: string, content: Partial<StoredObject> & Record<string, unknown> = {}) {
    const ref = refOf(plural, namespace, name);
    this.cluster.create(ref, {});
    this.cluster.update(ref, (object) => {
      const { metadata, ...rest } = content;
      Object.assign(object, rest);
      Object.assign(object.metadata, metadata);
    });
    return ref;
  }

  /** The answer of a tool, as a person reads it. */
  async shown(tool: string, raw: object): Promise<string> {
    return commandOf(tool).text(await this.call(tool, raw));
  }

  async call(tool: string, raw: object): Promise<Output> {
    const command = commandOf(tool);
    const output = await execute({
      command,
      raw,
      context: this.#context(),
      gate: { allowWrite: true, toolsets: [] },
      audit: this.audit,
    });
    command.text(output);
    return output;
  }

  #context(): CommandContext {
    const client = recorded(this.cluster, this.requests);
    const clusters = {
      contexts: () => ['prod'],
      currentContext: () => 'prod',
      server: () => undefined,
      client: () => client,
    };
    const target = { cluster: 'prod', namespace: 'shop', rollout: 'web' };
    const services = worldServices(
      { target, metrics: new FakeMetrics(15_000), now: Date.now, clusters },
      createFakeGateway([]),
      this.helm,
    );
    const ports = this.files ? { ...services.ports, localFiles: this.files } : services.ports;
    return {
      ...services,
      ports,
      settings: { ...DEFAULTS, ...this.switchedOn, allowedNamespaces: this.allowedNamespaces },
      caller: { id: 'test', kind: 'cli' },
      signal: this.signal,
      progress: this.progress,
      ...(this.lines && { lines: this.lines }),
    };
  }
}

export function refOf(plural: string, namespace: string, name: string): ObjectRef {
  const [group, version] = GROUPS[plural] ?? ['', 'v1'];
  const kind: Kind = { name: plural, plural, group, version, missing: 'OBJECT_NOT_FOUND' };
  return { kind, name, ...(namespace === '' ? {} : { namespace }) };
}
