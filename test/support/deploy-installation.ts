import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Sandbox } from '../../sandbox/index.ts';
import { createKeys } from '../../src/adapters/credentials/keys.ts';
import { CHART, helmAt, kubectlProgram, outOf, valuesFile, type Program, type Rendered } from './deploy-chart.ts';

/** The name that the cluster of a pod has for the Kubernetes client. */
export const CONTEXT = 'inClusterContext';
export type Component = 'worker' | 'server';

/** The chart, installed by Helm in a namespace of its own, in which only restricted pods may run. */
export class Installation {
  readonly sandbox: Sandbox;
  readonly kubectl: Program;
  readonly helm: Program;
  readonly namespace: string;
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-deploy-'));

  private constructor(sandbox: Sandbox, kubectl: Program, helm: Program, namespace: string) {
    this.sandbox = sandbox;
    this.kubectl = kubectl;
    this.helm = helm;
    this.namespace = namespace;
  }

  /** `helm`: path of the program. */
  static async open(sandbox: Sandbox, helm: string, namespace: string): Promise<Installation> {
    const kubectl = await kubectlProgram(sandbox.kubeconfig);
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await outOf(kubectl(['apply', '-f', '-'], JSON.stringify(namespaceObject(namespace, labels))));
    return new Installation(sandbox, kubectl, helmAt(helm, sandbox.kubeconfig), namespace);
  }

  /** As a person does it: the Secret with the journal's URL, then one command. */
  async install(release: string, values: object, journal: string): Promise<void> {
    const secret = ['create', 'secret', 'generic', 'sluice-journal', `--from-literal=url=${journal}`];
    await outOf(this.kubectl([...secret, '--namespace', this.namespace]));
    const args = ['install', release, CHART, '--namespace', this.namespace, '--values', valuesFile(values)];
    await outOf(this.helm(args));
  }

  async get<T = Rendered>(kind: string, name: string): Promise<T> {
    return JSON.parse(await outOf(this.kubectl(['get', kind, name, '-n', this.namespace, '-o', 'json']))) as T;
  }

  async list<T>(kind: string): Promise<readonly T[]> {
    const text = await outOf(this.kubectl(['get', kind, '-n', this.namespace, '-o', 'json']));
    return (JSON.parse(text) as { items: readonly T[] }).items;
  }

  /**
   * A kubeconfig with the token of a service account. `server`: as in 127.0.0.1:6443; default: that of the sandbox. The
   * context has the name that it has in a pod.
   */
  async kubeconfigOf(account: string, server?: string): Promise<string> {
    const args = ['create', 'token', account, '--namespace', this.namespace, '--duration', '1h'];
    const token = join(this.folder, `${account}.token`);
    writeFileSync(token, (await outOf(this.kubectl(args))).trim(), { mode: 0o600 });
    const { clusters } = parse(readFileSync(this.sandbox.kubeconfig, 'utf8')) as { clusters: { cluster: Cluster }[] };
    const [{ cluster }] = clusters as [{ cluster: Cluster }];
    const own = server === undefined ? cluster : { ...cluster, server: `https://${server}` };
    const config = {
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': CONTEXT },
      clusters: [{ name: 'inCluster', cluster: own }],
      users: [{ name: account, user: { tokenFile: token } }],
      contexts: [{ name: CONTEXT, context: { cluster: 'inCluster', user: account } }],
    };
    const path = join(this.folder, `${account}.kubeconfig`);
    writeFileSync(path, stringify(config), { mode: 0o600 });
    return path;
  }

  /** The environment of a container as the API server has it, with the values of Secrets. */
  async environmentOf(release: string, component: Component): Promise<Readonly<Record<string, string>>> {
    const { data = {} } = await this.get('configmap', `${release}-settings`);
    const deployment = await this.get('deployment', `${release}-${component}`);
    const [container] = deployment.spec?.template?.spec.containers ?? [];
    const secrets = (container?.env ?? []).map(async ({ name, valueFrom: { secretKeyRef: from } }) => {
      const secret = await this.get('secret', from.name);
      return [name, Buffer.from(secret.data?.[from.key] ?? '', 'base64').toString()] as const;
    });
    return { ...data, ...Object.fromEntries(await Promise.all(secrets)) };
  }

  /** A key that may start and steer releases, in the folder that the pods would have mounted. Returns its token. */
  key(): string {
    const wanted = { name: 'CI', permissions: ['read', 'operate', 'admin'] as const, createdBy: 'test' };
    return createKeys(this.keys).create(wanted).token;
  }

  get keys(): string {
    return join(this.folder, 'keys');
  }

  async close(release: string): Promise<void> {
    await this.helm(['uninstall', release, '--namespace', this.namespace]);
    await this.kubectl(['delete', 'namespace', this.namespace, '--wait=false']);
  }
}

interface Cluster {
  readonly server: string;
}

export function namespaceObject(name: string, labels: Readonly<Record<string, string>> = {}): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}
