import { eachKind, NAMESPACED, WRITTEN } from '../../commands/objects/usual-kinds.ts';
import type { Right } from '../../commands/toolset.ts';

const writer = { role: 'sluice-kubernetes-writer' } as const;
const reader = { role: 'sluice-kubernetes-reader' } as const;
const LIST = { ...reader, verbs: ['get', 'list'] } as const;
const PLANNED = ['k8s_plan', 'k8s_apply', 'k8s_patch', 'k8s_label', 'k8s_annotate'];
const WORKLOADS = ['k8s_set_image', 'k8s_scale', 'k8s_rollout_restart', 'k8s_rollout_undo'];
const NODES = ['k8s_cordon', 'k8s_uncordon', 'k8s_drain'];
const LOOK = [
  ...['k8s_get', 'k8s_list', 'k8s_describe', 'k8s_diagnose', 'k8s_rollout_status', 'k8s_rollout_history'],
  ...[...PLANNED, ...WORKLOADS, ...NODES, 'k8s_delete'],
];

const CLUSTER: typeof NAMESPACED = {
  '': ['namespaces', 'nodes', 'persistentvolumes'],
  'networking.k8s.io': ['ingressclasses'],
  'storage.k8s.io': ['storageclasses'],
};

/** A diagnosis follows what Flux applies to its source, and looks at the objects of Flux in a namespace. */
const FLUX: typeof NAMESPACED = {
  'helm.toolkit.fluxcd.io': ['helmreleases'],
  'kustomize.toolkit.fluxcd.io': ['kustomizations'],
  'source.toolkit.fluxcd.io': ['buckets', 'gitrepositories', 'helmcharts', 'helmrepositories', 'ocirepositories'],
};

/** Every account may read discovery and OpenAPI documents (ClusterRole system:discovery). Secrets are not in it. */
export const rights: readonly Right[] = [
  ...eachKind(NAMESPACED).map((right) => ({ ...LIST, ...right, tools: LOOK })),
  { ...LIST, group: '', resource: 'limitranges', tools: LOOK },
  ...eachKind(FLUX).map((right) => ({ ...LIST, ...right, tools: ['k8s_diagnose'] })),
  ...eachKind(CLUSTER).map((right): Right => ({ ...LIST, ...right, tools: LOOK, clusterScoped: true })),
  { ...reader, group: '', resource: 'namespaces', verbs: ['get'], clusterScoped: true },
  { ...LIST, group: '', resource: 'pods', tools: ['k8s_logs'] },
  { ...reader, group: '', resource: 'pods', subresource: 'log', verbs: ['get'], tools: ['k8s_logs', 'k8s_diagnose'] },
  { ...reader, group: '', resource: 'events', verbs: ['list'], tools: ['k8s_events', 'k8s_describe', 'k8s_diagnose'] },
  ...eachKind(WRITTEN).flatMap((right): readonly Right[] => [
    { ...writer, ...right, verbs: ['patch'], tools: [...PLANNED, ...WORKLOADS] },
    { ...writer, ...right, verbs: ['create'], tools: ['k8s_apply', 'k8s_plan'] },
    { ...writer, ...right, verbs: ['delete'], tools: ['k8s_delete', 'k8s_plan'] },
  ]),
  {
    ...writer,
    group: '',
    resource: 'pods',
    subresource: 'eviction',
    verbs: ['create'],
    tools: ['k8s_drain', 'k8s_plan'],
  },
  { ...writer, group: '', resource: 'nodes', verbs: ['patch'], tools: [...NODES, 'k8s_plan'], clusterScoped: true },
  { ...reader, group: 'metrics.k8s.io', resource: 'pods', verbs: ['list'], tools: ['k8s_top'] },
  { ...reader, group: 'metrics.k8s.io', resource: 'nodes', verbs: ['list'], tools: ['k8s_top'], clusterScoped: true },
];
