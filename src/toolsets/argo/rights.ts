import type { Right } from '../../commands/toolset.ts';

const reader = { role: 'sluice-reader' } as const;
const writer = { role: 'sluice-writer' } as const;
const ARGO = 'argoproj.io';
const TRAEFIK = 'traefik.io';
const HISTORY = ['argo_get_rollout_history', 'argo_delete_rollout'];
const STATUS = ['argo_get_rollout_status'];
const CREATE = ['argo_create_rollout'];

/** Server-side apply of a new object needs `create` beside `patch`. */
export const rights: readonly Right[] = [
  { ...reader, group: '', resource: 'namespaces', verbs: ['get'], clusterScoped: true },
  { ...reader, group: '', resource: 'services', verbs: ['get'] },
  { ...reader, group: '', resource: 'pods', verbs: ['list'], proxies: true },
  { ...reader, group: '', resource: 'pods', subresource: 'proxy', verbs: ['get'], proxies: true },
  { ...reader, group: '', resource: 'events', verbs: ['list'], tools: [...HISTORY, ...STATUS] },
  { ...reader, group: '', resource: 'pods', verbs: ['list'], tools: STATUS },
  { ...reader, group: 'apps', resource: 'deployments', verbs: ['get'] },
  { ...reader, group: 'apps', resource: 'replicasets', verbs: ['list'], tools: [...HISTORY, ...STATUS] },
  { ...reader, group: ARGO, resource: 'rollouts', verbs: ['get', 'list', 'watch'] },
  { ...reader, group: ARGO, resource: 'analysisruns', verbs: ['list'], tools: HISTORY },
  {
    ...reader,
    group: ARGO,
    resource: 'analysistemplates',
    verbs: ['get', 'list'],
    tools: [...CREATE, 'argo_set_analysis_template'],
  },
  { ...reader, group: TRAEFIK, resource: 'traefikservices', verbs: ['get', 'list'] },
  { ...reader, group: TRAEFIK, resource: 'ingressroutes', verbs: ['get', 'list'], tools: ['argo_delete_rollout'] },
  { ...writer, group: ARGO, resource: 'rollouts', verbs: ['patch'] },
  { ...writer, group: ARGO, resource: 'rollouts', verbs: ['create'], tools: CREATE },
  { ...writer, group: ARGO, resource: 'rollouts', verbs: ['delete'], tools: ['argo_delete_rollout'] },
  { ...writer, group: ARGO, resource: 'rollouts', subresource: 'status', verbs: ['patch'] },
  { ...writer, group: '', resource: 'services', verbs: ['create', 'patch'], tools: CREATE },
  {
    ...writer,
    group: ARGO,
    resource: 'analysistemplates',
    verbs: ['create', 'patch'],
    tools: ['argo_set_analysis_template'],
  },
  { ...writer, group: 'apps', resource: 'deployments', verbs: ['patch'], tools: ['argo_update_rollout_image'] },
];
