import type { Right } from '../../commands/toolset.ts';

const reader = { role: 'sluice-reader' } as const;
const writer = { role: 'sluice-writer' } as const;
const updates = { role: 'sluice-updates' } as const;
const ARGO = 'argoproj.io';
const TRAEFIK = 'traefik.io';

/** The rights for all reads and writes of a release. Its worker needs all of them. */
export const rights: readonly Right[] = [
  { ...reader, group: '', resource: 'namespaces', verbs: ['get'], clusterScoped: true },
  { ...reader, group: '', resource: 'services', verbs: ['get'] },
  { ...reader, group: '', resource: 'pods', verbs: ['list'], proxies: true },
  { ...reader, group: '', resource: 'pods', subresource: 'proxy', verbs: ['get'], proxies: true },
  // These rights are for the reason why a version is not ready. Without them the reason is left out.
  { ...reader, group: '', resource: 'pods', verbs: ['list'] },
  { ...reader, group: '', resource: 'events', verbs: ['list'] },
  { ...reader, group: 'apps', resource: 'replicasets', verbs: ['list'] },
  { ...reader, group: 'apps', resource: 'deployments', verbs: ['get'] },
  { ...reader, group: ARGO, resource: 'rollouts', verbs: ['get', 'list', 'watch'] },
  { ...reader, group: ARGO, resource: 'analysistemplates', verbs: ['get', 'list'] },
  { ...reader, group: ARGO, resource: 'clusteranalysistemplates', verbs: ['get'], clusterScoped: true },
  { ...reader, group: TRAEFIK, resource: 'traefikservices', verbs: ['get', 'list'] },
  { ...reader, group: TRAEFIK, resource: 'ingressroutes', verbs: ['get', 'list'] },
  { ...reader, group: TRAEFIK, resource: 'middlewares', verbs: ['get'] },
  // For releases that updates start: their release files, and what is told about them.
  { ...updates, group: '', resource: 'configmaps', verbs: ['get'] },
  { ...updates, group: '', resource: 'events', verbs: ['create', 'patch'] },
  // The image of a Rollout with a workloadRef.
  { ...writer, group: 'apps', resource: 'deployments', verbs: ['patch'] },
  { ...writer, group: ARGO, resource: 'rollouts', verbs: ['patch'] },
  { ...writer, group: ARGO, resource: 'rollouts', subresource: 'status', verbs: ['patch'] },
  { ...writer, group: TRAEFIK, resource: 'traefikservices', verbs: ['patch'] },
];
