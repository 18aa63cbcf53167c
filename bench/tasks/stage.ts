import { setTimeout as sleep } from 'node:timers/promises';
import { applyNamespace, clientOf } from '../../sandbox/apps/applications.ts';
import type { Sandbox } from '../../sandbox/index.ts';

const WAIT_MS = 180_000;

/** Images of the sandbox, by the state that their pods come to (sandbox/node-agent/behaviour.ts). */
const APPS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['cart', 'catalogue', 'checkout', 'front', 'mail', 'orders', 'payment', 'search', 'shipping', 'users'].map(
      (name) => [name, `${name}:v1`],
    ),
  ),
  reports: 'reports:v1',
  billing: 'billing:v2-no-image',
  stock: 'stock:v2-crash-1',
};
/** The parts of the names of the pods that fail. */
export const FAILING = ['billing', 'stock'] as const;

/** Its memory is above the limit of the namespace, so that no pod of it is admitted. */
const NO_PODS = 'reports';

interface Workloads {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status?: { readyReplicas?: number };
  }[];
}
interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status?: {
      readonly containerStatuses?: readonly { readonly state?: { waiting?: { reason?: string } } }[];
    };
  }[];
}

/** One namespace for each contender with the same applications: ten are healthy, two fail, and one gets no pods. */
export class Stage {
  readonly #api: ReturnType<typeof clientOf>;

  constructor(sandbox: Sandbox) {
    this.#api = clientOf(sandbox);
  }

  makeEmpty(namespace: string): Promise<void> {
    return applyNamespace(this.#api, namespace);
  }

  async make(namespace: string): Promise<void> {
    await this.makeEmpty(namespace);
    await this.#api.apply(`/api/v1/namespaces/${namespace}/limitranges/usual`, {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'usual', namespace },
      spec: { limits: [{ type: 'Container', max: { memory: '1Gi' } }] },
    });
    const all = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    for (const [name, image] of Object.entries(APPS))
      await this.#api.apply(`${all}/${name}`, deployment(name, namespace, image));
    await this.#until(() => this.#settled(namespace), `the applications of ${namespace} are in their states`);
  }

  remove(namespace: string): Promise<unknown> {
    return this.#api.remove(`/api/v1/namespaces/${namespace}`);
  }

  /** The name of a pod of an application. */
  async podOf(namespace: string, app: string): Promise<string> {
    const { items } = await this.#api.get<Pods>(`/api/v1/namespaces/${namespace}/pods`);
    const found = items.find(({ metadata }) => metadata.name.startsWith(`${app}-`));
    if (!found) throw new Error(`There is no pod of ${app} in ${namespace}.`);
    return found.metadata.name;
  }

  async #settled(namespace: string): Promise<boolean> {
    const { items } = await this.#api.get<Workloads>(`/apis/apps/v1/namespaces/${namespace}/deployments`);
    const ready = items.filter(({ status }) => (status?.readyReplicas ?? 0) > 0).length;
    const pods = await this.#api.get<Pods>(`/api/v1/namespaces/${namespace}/pods`);
    const waiting = pods.items.filter(({ status }) => status?.containerStatuses?.some(({ state }) => state?.waiting));
    return ready === Object.keys(APPS).length - FAILING.length - 1 && waiting.length >= FAILING.length;
  }

  async #until(holds: () => Promise<boolean>, what: string): Promise<void> {
    for (const end = Date.now() + WAIT_MS; !(await holds()); await sleep(200))
      if (Date.now() > end)
        throw new Error(`Not within ${WAIT_MS / 1000} s: ${what}. See: sluice sandbox logs node-agent.`);
  }
}

function deployment(name: string, namespace: string, image: string): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'app',
              image,
              ports: [{ name: 'http', containerPort: 8080 }],
              env: [{ name: 'LOG_LEVEL', value: 'info' }],
              resources: {
                requests: { cpu: '10m', memory: '16Mi' },
                limits: { memory: name === NO_PODS ? '2Gi' : '64Mi' },
              },
            },
          ],
        },
      },
    },
  };
}
