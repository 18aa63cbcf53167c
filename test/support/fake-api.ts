import type { Kind } from '../../src/adapters/kubernetes/kinds.ts';
import type { ApiResponse } from '../../src/adapters/kubernetes/transport.ts';
import { recordAt, valueAt } from '../../src/domain/cluster-objects/api-object.ts';

interface FakeObject {
  readonly metadata: { readonly name: string };
}

/** The objects of the fake cluster. */
export interface FakeStore {
  items(kind: Pick<Kind, 'plural'>, namespace?: string, labelSelector?: string): readonly FakeObject[];
  /** The log of a container; undefined if there is none. */
  log(pod: string, container: string): string | undefined;
}

interface Served {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly short?: string;
  readonly cluster?: true;
  readonly subresources?: readonly string[];
}

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
const core = (kind: string, short?: string, more: Partial<Served> = {}): Served => ({
  group: '',
  version: 'v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
  ...(short !== undefined && { short }),
  ...more,
});
const SCALED = { subresources: ['scale', 'status'] } as const;
const SERVED: readonly Served[] = [
  core('Pod', 'po', { subresources: ['log', 'eviction'] }),
  core('Service', 'svc'),
  core('ServiceAccount', 'sa'),
  core('ConfigMap', 'cm'),
  core('Secret'),
  core('Event', 'ev'),
  core('Namespace', 'ns', { cluster: true }),
  core('Node', 'no', { cluster: true }),
  core('Deployment', 'deploy', { group: 'apps', ...SCALED }),
  core('ReplicaSet', 'rs', { group: 'apps', ...SCALED }),
  core('ControllerRevision', undefined, { group: 'apps' }),
  core('StatefulSet', 'sts', { group: 'apps', ...SCALED }),
  core('DaemonSet', 'ds', { group: 'apps' }),
  core('Ingress', 'ing', { group: 'networking.k8s.io', plural: 'ingresses' }),
  core('HorizontalPodAutoscaler', 'hpa', { group: 'autoscaling', version: 'v2' }),
  core('Event', 'ev', { group: 'events.k8s.io' }),
  core('Rollout', 'ro', { group: 'argoproj.io', version: 'v1alpha1', ...SCALED }),
  core('NetworkPolicy', 'netpol', { group: 'networking.k8s.io', plural: 'networkpolicies' }),
  core('PodDisruptionBudget', 'pdb', { group: 'policy' }),
  core('TraefikService', undefined, { group: 'traefik.io', version: 'v1alpha1' }),
  core('IngressRoute', undefined, { group: 'traefik.io', version: 'v1alpha1' }),
  core('Middleware', undefined, { group: 'traefik.io', version: 'v1alpha1' }),
  core('Middleware', undefined, { group: 'example.com', version: 'v1' }),
  { ...core('PodMetrics', undefined, { group: 'metrics.k8s.io', version: 'v1beta1' }), plural: 'pods' },
  core('GitRepository', 'gitrepo', { group: 'source.toolkit.fluxcd.io', plural: 'gitrepositories' }),
  core('OCIRepository', 'ocirepo', { group: 'source.toolkit.fluxcd.io', plural: 'ocirepositories' }),
  core('HelmRepository', 'helmrepo', { group: 'source.toolkit.fluxcd.io', plural: 'helmrepositories' }),
  core('HelmChart', 'hc', { group: 'source.toolkit.fluxcd.io' }),
  core('Kustomization', 'ks', { group: 'kustomize.toolkit.fluxcd.io' }),
  core('HelmRelease', 'hr', { group: 'helm.toolkit.fluxcd.io', version: 'v2' }),
  core('Alert', undefined, { group: 'notification.toolkit.fluxcd.io', version: 'v1beta3' }),
  core('Provider', undefined, { group: 'notification.toolkit.fluxcd.io', version: 'v1beta3' }),
  core('Receiver', undefined, { group: 'notification.toolkit.fluxcd.io' }),
  {
    ...core('NodeMetrics', undefined, { group: 'metrics.k8s.io', version: 'v1beta1', cluster: true }),
    plural: 'nodes',
  },
];

const json = (body: unknown, status = 200): ApiResponse => ({ status, headers: {}, body: JSON.stringify(body) });
const failed = (code: number, message: string): ApiResponse =>
  json({ kind: 'Status', status: 'Failure', code, message, details: { name: 'x' } }, code);

/** The answer of an API server to a plain read: discovery, pages and tables of objects, logs, OpenAPI documents. */
export function answerRead(store: FakeStore, path: string, accept = ''): ApiResponse {
  const url = new URL(path, 'http://fake');
  if (url.pathname === '/api') return json(discovery((group) => group === ''));
  if (url.pathname === '/apis') return json(discovery((group) => group !== ''));
  if (url.pathname.startsWith('/openapi/v3')) return openApi(url.pathname);
  const log = /^\/api\/v1\/namespaces\/[^/]+\/pods\/([^/]+)\/log$/.exec(url.pathname);
  if (log) {
    const text = store.log(log[1] ?? '', url.searchParams.get('container') ?? '');
    return text === undefined
      ? failed(400, 'the container is waiting to start')
      : { status: 200, headers: {}, body: text };
  }
  const list = /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(url.pathname);
  const served = SERVED.find(({ group, plural }) => group === (list?.[1] ?? '') && plural === list?.[4]);
  if (!list || !served) return { status: 404, headers: {}, body: '404 page not found' };
  return listAnswer(store, served, list[3], url.searchParams, accept.includes('as=Table'));
}

function listAnswer(
  store: FakeStore,
  served: Served,
  namespace: string | undefined,
  query: URLSearchParams,
  asTable: boolean,
): ApiResponse {
  const wanted = (query.get('fieldSelector') ?? '').split(',').filter(Boolean);
  if (query.get('labelSelector')?.includes('((')) return failed(400, 'unable to parse requirement');
  const plural = served.group === 'metrics.k8s.io' ? `${served.plural}.metrics` : served.plural;
  const all = store
    .items({ plural }, namespace, query.get('labelSelector') ?? undefined)
    .filter((object) => wanted.every((one) => matches(object, one)));
  const from = Number(query.get('continue') ?? 0);
  if (from > all.length) return failed(410, 'The provided continue parameter is too old');
  const end = Math.min(all.length, from + Number(query.get('limit') ?? 500));
  const remaining = all.length - end;
  const metadata = {
    resourceVersion: '1',
    ...(remaining > 0 && { continue: String(end), remainingItemCount: remaining }),
  };
  const items = all.slice(from, end);
  return json(asTable ? tableOf(items, metadata) : { kind: `${served.kind}List`, metadata, items });
}

function matches(object: FakeObject, selector: string): boolean {
  const [path = '', value = ''] = selector.split('=');
  return valueAt(object, path.split('.')) === value;
}

function tableOf(items: readonly FakeObject[], metadata: object) {
  return {
    kind: 'Table',
    metadata,
    columnDefinitions: [{ name: 'Name' }, { name: 'Replicas' }, { name: 'Wide', priority: 1 }],
    rows: items.map((object) => ({
      cells: [object.metadata.name, recordAt(object, 'spec')['replicas'] ?? 0, 'wide'],
      object: { metadata: object.metadata },
    })),
  };
}

function discovery(wanted: (group: string) => boolean) {
  const groups = [...new Set(SERVED.map(({ group }) => group))].filter(wanted);
  return {
    kind: 'APIGroupDiscoveryList',
    items: groups.map((group) => ({
      metadata: group === '' ? {} : { name: group },
      versions: Object.entries(Object.groupBy(of(group), ({ version }) => version)).map(([version, kinds = []]) => ({
        version,
        resources: kinds.map(resourceOf),
      })),
    })),
  };
}

const of = (group: string): Served[] => SERVED.filter((one) => one.group === group);

function resourceOf({ plural, kind, short, cluster, subresources = [] }: Served) {
  return {
    resource: plural,
    responseKind: { kind },
    scope: cluster ? 'Cluster' : 'Namespaced',
    singularResource: kind.toLowerCase(),
    shortNames: short === undefined ? [] : [short],
    verbs: VERBS,
    subresources: subresources.map((subresource) => ({ subresource })),
  };
}

function openApi(path: string): ApiResponse {
  if (path === '/openapi/v3')
    return json({ paths: { 'apis/apps/v1': { serverRelativeURL: '/openapi/v3/apis/apps/v1' } } });
  const ref = (name: string) => ({ allOf: [{ $ref: `#/components/schemas/${name}` }] });
  return json({
    components: {
      schemas: {
        Deployment: {
          description: 'Deployment enables declarative updates.',
          type: 'object',
          properties: { spec: { description: 'What is wanted.', ...ref('DeploymentSpec') } },
          'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Deployment' }],
        },
        DeploymentSpec: {
          type: 'object',
          required: ['template'],
          properties: {
            replicas: { type: 'integer', description: 'Number of pods.' },
            strategy: { description: 'How pods are replaced.', ...ref('Strategy') },
            template: { type: 'object', description: 'The pods.' },
          },
        },
        Strategy: {
          type: 'object',
          properties: { type: { type: 'string', description: 'Recreate or RollingUpdate.' } },
        },
      },
    },
  });
}
