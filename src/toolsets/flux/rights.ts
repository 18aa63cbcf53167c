import { eachKind, NAMESPACED } from '../../commands/objects/usual-kinds.ts';
import type { Right } from '../../commands/toolset.ts';

const reader = { role: 'sluice-flux-reader' } as const;
const writer = { role: 'sluice-flux-writer' } as const;
const kubernetesReader = { role: 'sluice-kubernetes-reader' } as const;

const KINDS: Readonly<Record<string, readonly string[]>> = {
  'helm.toolkit.fluxcd.io': ['helmreleases'],
  'image.toolkit.fluxcd.io': ['imagepolicies', 'imagerepositories', 'imageupdateautomations'],
  'kustomize.toolkit.fluxcd.io': ['kustomizations'],
  'notification.toolkit.fluxcd.io': ['alerts', 'providers', 'receivers'],
  'source.toolkit.fluxcd.io': [
    ...['buckets', 'externalartifacts', 'gitrepositories', 'helmcharts', 'helmrepositories', 'ocirepositories'],
  ],
};
const READS = ['flux_list', 'flux_get', 'flux_diagnose', 'flux_trace', 'flux_graph'];
const WRITES = ['flux_plan', 'flux_reconcile', 'flux_suspend', 'flux_resume'];

const each = eachKind(KINDS);

/** Objects that can be traced, and their owners. For further kinds a role of the cluster's own has to grant `get`. */
const TRACED: Readonly<Record<string, readonly string[]>> = {
  '': ['configmaps', 'pods', 'serviceaccounts', 'services'],
  apps: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  'argoproj.io': ['rollouts'],
  batch: ['cronjobs', 'jobs'],
};

export const rights: readonly Right[] = [
  ...each.map((right) => ({ ...reader, ...right, verbs: ['get', 'list'], tools: [...READS, ...WRITES] })),
  ...each.map((right) => ({ ...writer, ...right, verbs: ['patch'], tools: WRITES })),
  ...eachKind(TRACED).map((right): Right => ({ ...kubernetesReader, ...right, verbs: ['get'], tools: ['flux_trace'] })),
  ...eachKind(NAMESPACED).map(
    (right): Right => ({ ...kubernetesReader, ...right, verbs: ['get', 'list'], tools: ['flux_diagnose'] }),
  ),
  { ...reader, group: '', resource: 'namespaces', verbs: ['get'], clusterScoped: true },
  { ...reader, group: '', resource: 'events', verbs: ['list'], tools: ['flux_events', 'flux_get', 'flux_diagnose'] },
  { ...reader, group: '', resource: 'pods', verbs: ['list'], tools: ['flux_logs'] },
  { ...reader, group: '', resource: 'pods', subresource: 'log', verbs: ['get'], tools: ['flux_logs', 'flux_diagnose'] },
];
