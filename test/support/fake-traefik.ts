import type { ApiResponse } from '../../src/adapters/kubernetes/transport.ts';
import { POD, TRAEFIK_SERVICE } from '../../src/adapters/kubernetes/kinds.ts';
import type { FakeCluster } from './fake-cluster.ts';

export const TRAEFIK_PODS = { namespace: 'traefik', selector: 'app=traefik', port: 8080 } as const;

interface Entry {
  readonly name: string;
  readonly port: number;
  readonly weight?: number;
}

export interface Replica {
  readonly name: string;
  /** Delay of a change until this replica serves it, real milliseconds. With Infinity it never does. */
  lagMs: number;
  silent: boolean;
  /** Weighted entries by TraefikService, `<namespace>-<name>`, as this replica serves them now. */
  readonly serves: Map<string, readonly Entry[]>;
}

/** Traefik replicas. Each follows the TraefikServices with its own delay, and shows in its own API what it serves. */
export class FakeTraefik {
  readonly replicas: readonly Replica[];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #onServe: () => void;

  constructor(cluster: FakeCluster, names: readonly string[], lagMs: number, onServe: () => void) {
    this.#onServe = onServe;
    this.replicas = names.map((name) => ({ name, lagMs, silent: false, serves: new Map<string, readonly Entry[]>() }));
    for (const { name } of this.replicas) {
      cluster.create(
        { kind: POD, namespace: TRAEFIK_PODS.namespace, name },
        { labels: { app: 'traefik' }, status: { phase: 'Running' } },
      );
    }
    cluster.servePod = (pod, path) => this.#answer(pod, path);
    cluster.onChange((ref) => {
      if (ref.kind === TRAEFIK_SERVICE) this.follow(cluster, ref.namespace ?? '', ref.name);
    });
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** `atOnce`: without any delay. */
  follow(cluster: FakeCluster, namespace: string, name: string, atOnce = false): void {
    const { weighted } = cluster.peek({ kind: TRAEFIK_SERVICE, namespace, name }).spec as {
      weighted: { services: Entry[] };
    };
    for (const replica of this.replicas) {
      const serve = () => {
        replica.serves.set(`${namespace}-${name}`, weighted.services);
        this.#onServe();
      };
      if (atOnce) serve();
      else if (Number.isFinite(replica.lagMs)) this.#later(replica.lagMs, serve);
    }
  }

  #later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }

  #answer(pod: string, path: string): ApiResponse {
    const replica = this.replicas.find(({ name }) => name === pod);
    const id = /^\/api\/http\/services\/(.+)@kubernetescrd$/.exec(decodeURIComponent(path))?.[1] ?? '';
    const entries = replica?.serves.get(id);
    if (!replica || replica.silent) return { status: 503, headers: {}, body: 'error trying to reach service' };
    if (!entries) return { status: 404, headers: {}, body: '{"message":"service not found"}' };
    const namespace = id.split('-')[0] ?? '';
    const services = entries.map(({ name, port, weight }) => ({
      name: `${namespace}-${name}-${port}`,
      weight: weight ?? 1,
    }));
    return {
      status: 200,
      headers: {},
      body: JSON.stringify({
        weighted: { services },
        status: 'enabled',
        usedBy: ['web@kubernetescrd'],
        type: 'weighted',
        provider: 'kubernetescrd',
      }),
    };
  }
}
