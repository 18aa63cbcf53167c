import type { ObjectRef } from '../../src/adapters/kubernetes/kinds.ts';
import { referencesTo } from '../../src/domain/conversion/route-references.ts';
import { weightedName } from '../../src/domain/route/names.ts';
import { POD_HASH_LABEL } from '../../src/domain/rollout.ts';
import type { Output } from '../../src/commands/execute.ts';
import type { FakeCluster, StoredObject } from './fake-cluster.ts';
import { KubernetesStage, refOf } from './kubernetes-stage.ts';

const STABLE = 'h1';
export const PLACE = { namespace: 'shop', name: 'web' };
export const CONFIRM = 'Deployment shop/web';
export const ROUTE_ENTRY = { name: 'web', port: 'http', passHostHeader: true };

export const shop = (plural: string, name = 'web'): ObjectRef => refOf(plural, 'shop', name);

/** A Deployment behind Traefik in a cluster in memory, with what Argo and Kubernetes do about it. */
export class ConversionStage extends KubernetesStage {
  /** What Argo reports of each Rollout. */
  argo = { phase: 'Healthy', stableRS: STABLE, currentPodHash: STABLE, abort: false };

  constructor() {
    super();
    this.cluster.onChange((ref) => this.#controllers(ref));
    addPlainApplication(this.cluster);
    const endpoints = Array.from({ length: 6 }, () => ({ conditions: { ready: true } }));
    this.add('pods', 'traefik', 'traefik-1', {
      metadata: { labels: { app: 'traefik' } },
      status: { phase: 'Running' },
    } as never);
    this.cluster.servePod = (_, path) => this.#traefik(decodeURIComponent(path));
    this.add('endpointslices', 'shop', 'web', {
      metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
      endpoints,
    } as never);
  }

  planned(action: string, more: object = {}): Promise<Output> {
    return this.call('convert_plan', { action, ...PLACE, ...more });
  }

  async converted(more: object = {}): Promise<Output> {
    const { digest } = await this.planned('deployment', more);
    return this.call('convert_deployment', { ...PLACE, ...more, digest });
  }

  async back(more: object = {}): Promise<Output> {
    const { digest } = await this.planned('back', more);
    return this.call('convert_back', { ...PLACE, ...more, digest, confirm: CONFIRM });
  }

  change(plural: string, mutate: (object: StoredObject) => void, name = 'web'): void {
    this.cluster.update(shop(plural, name), mutate);
  }

  /** What is there, without what the API server counts. */
  state(): Readonly<Record<string, unknown>> {
    const kinds = [
      'deployments',
      'services',
      'ingressroutes',
      'traefikservices',
      'rollouts',
      'horizontalpodautoscalers',
    ];
    return Object.fromEntries(
      kinds.flatMap((plural) =>
        this.cluster
          .listed(plural, 'shop')
          .map(({ metadata, spec }) => [
            `${plural}/${metadata.name}`,
            { spec, annotations: metadata.annotations ?? {} },
          ]),
      ),
    );
  }

  /** The API of Traefik: the weighted service with its routers, as they are written. */
  #traefik(path: string): ReturnType<typeof answer> {
    const [split] = this.cluster.listed('traefikservices', 'shop');
    const routers = this.cluster.listed('ingressroutes', 'shop').flatMap((route) =>
      referencesTo({ ...route }, { kind: 'TraefikService', name: 'web' }).map(({ match, pointer }) => ({
        name: `${route.metadata.name}${pointer}`,
        rule: match,
        status: 'enabled',
      })),
    );
    if (path.startsWith('/api/http/routers/')) return answer(routers.find(({ name }) => path.endsWith(name)));
    if (!split || path !== `/api/http/services/${WEIGHTED}@kubernetescrd`) return answer(undefined);
    const { services } = split.spec['weighted'] as { services: { name: string; weight: number }[] };
    const weighted = { services: services.map(({ name, weight }) => ({ name, weight })) };
    return answer({
      weighted,
      status: 'enabled',
      usedBy: routers.map(({ name }) => name),
      type: 'weighted',
      provider: 'kubernetescrd',
    });
  }

  #controllers({ kind: { plural }, name }: ObjectRef): void {
    if (plural === 'deployments') {
      this.change(plural, (object) => void (object.status = podsOf(object, object.metadata.generation)), name);
      return;
    }
    if (plural !== 'rollouts') return;
    const written = (object: StoredObject) => String(object.metadata.generation);
    this.change(plural, (object) => void (object.status = { ...podsOf(object, written(object)), ...this.argo }), name);
    const { canary } = this.cluster.peek(shop(plural, name)).spec['strategy'] as { canary: Record<string, string> };
    const steered = [canary['stableService'], canary['canaryService']];
    for (const service of this.cluster.listed('services', 'shop')) {
      const isSteered = steered.includes(service.metadata.name);
      this.change(
        'services',
        ({ spec }) => steer(spec['selector'] as Record<string, string>, isSteered),
        service.metadata.name,
      );
    }
  }
}

/** A Deployment with a Service and a route of the same name, complete. */
export function addPlainApplication(cluster: FakeCluster): void {
  const labels = { app: 'web' };
  put(cluster, 'deployments', {
    kind: 'Deployment',
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'web:v1' }] } },
    },
  });
  put(cluster, 'services', {
    kind: 'Service',
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 8080, nodePort: 30080 }] },
  });
  const rule = { kind: 'Rule', match: 'Host(`web`)', services: [ROUTE_ENTRY] };
  put(cluster, 'ingressroutes', { kind: 'IngressRoute', spec: { routes: [rule] } });
  cluster.update(shop('deployments'), (object) => void (object.status = podsOf(object, object.metadata.generation)));
}

function put(cluster: FakeCluster, plural: string, content: object): void {
  cluster.create(shop(plural), {});
  cluster.update(shop(plural), (object) => void Object.assign(object, content));
}

const WEIGHTED = weightedName({ namespace: 'shop', route: 'web' }, 'safe');
const answer = (body: unknown) =>
  body === undefined
    ? { status: 404, headers: {}, body: '{"message":"not found"}' }
    : { status: 200, headers: {}, body: JSON.stringify(body) };

function podsOf({ spec: { replicas } }: StoredObject, observedGeneration: number | string): StoredObject['status'] {
  const counts = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'];
  return { observedGeneration, ...Object.fromEntries(counts.map((field) => [field, replicas])) };
}

function steer(selector: Record<string, string>, isSteered: boolean): void {
  if (isSteered) selector[POD_HASH_LABEL] = STABLE;
  else delete selector[POD_HASH_LABEL];
}
