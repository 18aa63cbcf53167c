import { ApiError } from './api-client.ts';
import type { ApiClient, KubeObject } from './api-client.ts';
import { documents } from '../binaries/crds.ts';

const READ = ['get', 'list', 'watch'];

/** A user that may read everything that a release uses and write nothing. Tests of permissions need it. */
const VIEWER = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'sluice-viewer' },
  rules: [
    { apiGroups: [''], resources: ['pods', 'services', 'events', 'namespaces', 'endpoints', 'nodes'], verbs: READ },
    { apiGroups: ['apps'], resources: ['*'], verbs: READ },
    {
      apiGroups: ['discovery.k8s.io', 'argoproj.io', 'traefik.io', 'apiextensions.k8s.io'],
      resources: ['*'],
      verbs: READ,
    },
  ],
};

const VIEWER_BINDING = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'sluice-viewers' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'sluice-viewer' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'sluice-viewers' }],
};

const CRD_PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const RBAC_PATH = '/apis/rbac.authorization.k8s.io/v1';
/** The only node, which the agent simulates. */
export const NODE_NAME = 'sandbox-node';

/** POST is used instead of server-side apply: these objects are large and new, and they have no other owner. */
async function create(api: ApiClient, path: string, body: unknown, contentType = 'application/json'): Promise<void> {
  try {
    await api.send('POST', path, { body, contentType });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
}

interface Definition extends KubeObject {
  status?: { conditions?: { type: string; status: string }[] };
}

/** Creates custom resource definitions, and waits until the API server serves all that it has. */
export async function createDefinitions(api: ApiClient, files: readonly string[]): Promise<void> {
  const texts = files.flatMap(documents);
  await Promise.all(texts.map((text) => create(api, CRD_PATH, text, 'application/yaml')));
  for (;;) {
    const { items } = await api.get<{ items: Definition[] }>(CRD_PATH);
    const isServed = (one: Definition): boolean | undefined =>
      one.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True');
    if (items.length >= texts.length && items.every(isServed)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function createNode(api: ApiClient): Promise<void> {
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NODE_NAME, labels: { 'kubernetes.io/hostname': NODE_NAME, 'kubernetes.io/os': 'linux' } },
  };
  await create(api, '/api/v1/nodes', node);
  const resources = { cpu: '1000', memory: '4Ti', pods: '10000', 'ephemeral-storage': '4Ti' };
  const conditions = [
    {
      type: 'Ready',
      status: 'True',
      reason: 'Sandbox',
      message: 'pretended by the node agent',
      lastHeartbeatTime: new Date().toISOString(),
      lastTransitionTime: new Date().toISOString(),
    },
  ];
  await api.patch(`/api/v1/nodes/${NODE_NAME}/status`, {
    status: { capacity: resources, allocatable: resources, conditions },
  });
  // A new node has a not-ready taint, and there is no node controller here that would remove it.
  await api.patch(`/api/v1/nodes/${NODE_NAME}`, { spec: { taints: null } });
}

/** Creates the objects that a new cluster needs before the controllers can work. */
export async function bootstrap(api: ApiClient, crdFiles: string[]): Promise<void> {
  await Promise.all([
    createDefinitions(api, crdFiles),
    createNode(api),
    create(api, `${RBAC_PATH}/clusterroles`, VIEWER),
    create(api, `${RBAC_PATH}/clusterrolebindings`, VIEWER_BINDING),
    createNamespace(api, 'argo-rollouts'),
  ]);
}

/** Succeeds also if it exists. */
export function createNamespace(api: ApiClient, name: string): Promise<void> {
  return create(api, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}
