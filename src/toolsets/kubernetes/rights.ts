import type { Right } from '../../commands/toolset.ts';

const reader = { role: 'sluice-kubernetes-reader' } as const;
const LIST = { ...reader, verbs: ['get', 'list'] } as const;
const LOOK = ['k8s_get', 'k8s_list', 'k8s_describe'];

/** Kinds that most clusters have. For further kinds a role of the cluster's own has to grant `get` and `list`. */
const NAMESPACED: Readonly<Record<string, readonly string[]>> = {
  '': ['configmaps', 'persistentvolumeclaims', 'pods', 'resourcequotas', 'serviceaccounts', 'services'],
  apps: ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  'argoproj.io': ['analysisruns', 'analysistemplates', 'rollouts'],
  autoscaling: ['horizontalpodautoscalers'],
  batch: ['cronjobs', 'jobs'],
  'discovery.k8s.io': ['endpointslices'],
  'gateway.networking.k8s.io': ['httproutes'],
  'networking.k8s.io': ['ingresses', 'networkpolicies'],
  policy: ['poddisruptionbudgets'],
  'traefik.io': ['ingressroutes', 'middlewares', 'traefikservices'],
};
const CLUSTER: Readonly<Record<string, readonly string[]>> = { '': ['namespaces', 'nodes', 'persistentvolumes'] };

const each = (kinds: Readonly<Record<string, readonly string[]>>): readonly Pick<Right, 'group' | 'resource'>[] =>
  Object.entries(kinds).flatMap(([group, resources]) => resources.map((resource) => ({ group, resource })));

/** Every account may read discovery and OpenAPI documents (ClusterRole system:discovery). Secrets are not in it. */
export const rights: readonly Right[] = [
  ...each(NAMESPACED).map((right) => ({ ...LIST, ...right, tools: LOOK })),
  ...each(CLUSTER).map((right): Right => ({ ...LIST, ...right, tools: LOOK, clusterScoped: true })),
  { ...reader, group: '', resource: 'namespaces', verbs: ['get'], clusterScoped: true },
  { ...LIST, group: '', resource: 'pods', tools: ['k8s_logs'] },
  { ...reader, group: '', resource: 'pods', subresource: 'log', verbs: ['get'], tools: ['k8s_logs'] },
  { ...reader, group: '', resource: 'events', verbs: ['list'], tools: ['k8s_events', 'k8s_describe'] },
  { ...reader, group: 'metrics.k8s.io', resource: 'pods', verbs: ['list'], tools: ['k8s_top'] },
  { ...reader, group: 'metrics.k8s.io', resource: 'nodes', verbs: ['list'], tools: ['k8s_top'], clusterScoped: true },
];
