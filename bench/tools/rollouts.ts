import { setTimeout as sleep } from 'node:timers/promises';
import { applyNamespace, clientOf } from '../../sandbox/apps/applications.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { applyAll } from './apply-all.ts';

const WAIT_MS = 300_000;

interface Rollout {
  readonly metadata: { readonly generation: number };
  readonly status?: { readonly phase?: string; readonly observedGeneration?: string };
}

/** Many Rollouts without pods in a separate namespace. */
export class ManyRollouts {
  readonly namespace: string;
  readonly #api: ReturnType<typeof clientOf>;
  readonly #all: string;
  #count = 0;

  constructor(sandbox: Sandbox, namespace: string) {
    this.namespace = namespace;
    this.#api = clientOf(sandbox);
    this.#all = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts`;
  }

  get names(): string[] {
    return Array.from({ length: this.#count }, (_, index) => nameOf(index));
  }

  /** Creates the Rollouts that are missing to `count`. Resolves when the controller has processed all of them. */
  async grow(count: number): Promise<void> {
    await applyNamespace(this.#api, this.namespace);
    const missing = Array.from({ length: count - this.#count }, (_, index) => nameOf(this.#count + index));
    await applyAll(this.#api, this.#all, missing, (name) => rollout(name, this.namespace));
    this.#count = count;
    await this.#settled();
  }

  async remove(): Promise<void> {
    await this.#api.remove(this.#all);
    await this.#api.remove(`/api/v1/namespaces/${this.namespace}`);
  }

  async #settled(): Promise<void> {
    for (const end = Date.now() + WAIT_MS; ; await sleep(1_000)) {
      const { items } = await this.#api.get<{ items: Rollout[] }>(this.#all);
      const open = items.filter(
        ({ metadata, status }) =>
          status?.phase !== 'Healthy' || status.observedGeneration !== String(metadata.generation),
      ).length;
      if (items.length === this.#count && open === 0) return;
      if (Date.now() > end)
        throw new Error(
          `${open} of ${items.length} Rollouts are not Healthy after ${WAIT_MS / 1000} s. See: sluice sandbox logs argo-rollouts.`,
        );
    }
  }
}

function nameOf(index: number): string {
  return `app-${String(index).padStart(4, '0')}`;
}

/** A typical canary Rollout, without pods. */
function rollout(name: string, namespace: string): object {
  const labels = { app: name };
  const steps = [5, 25, 50].flatMap((weight) => [{ setWeight: weight }, { pause: {} }]);
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'app', image: 'shop:v1', ports: [{ containerPort: 8080 }] }] },
  };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace, labels },
    spec: { replicas: 0, selector: { matchLabels: labels }, template, strategy: { canary: { steps } } },
  };
}
