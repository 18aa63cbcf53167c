/** What Sluice does to one resource of a cluster. */
export interface Right {
  /** The ClusterRole of deploy/rbac.yaml that grants it. */
  readonly role: 'sluice-reader' | 'sluice-writer';
  /** Empty for the core API. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verbs: readonly string[];
  /** What does not work without: toolsets, or tools. */
  readonly tools: readonly string[];
  /** In no namespace. */
  readonly clusterScoped?: true;
  /** In the namespace of the Traefik pods, and only for SLUICE_TRAEFIK_API_PODS. */
  readonly proxies?: true;
}

const ALL = ['release', 'argo', 'traefik'];
const reader = { role: 'sluice-reader' } as const;
const writer = { role: 'sluice-writer' } as const;
const ARGO = 'argoproj.io';
const TRAEFIK = 'traefik.io';
const HISTORY = ['argo_get_rollout_history', 'argo_delete_rollout'];

/**
 * Every right that Sluice uses. deploy/rbac.yaml grants exactly these, tests run each tool with them and no more, and
 * `sluice doctor` says which are missing. Server-side apply of a new object needs `create` beside `patch`.
 */
export const RIGHTS: readonly Right[] = [
  { ...reader, group: '', resource: 'namespaces', verbs: ['get'], tools: ALL, clusterScoped: true },
  { ...reader, group: '', resource: 'services', verbs: ['get'], tools: ALL },
  { ...reader, group: '', resource: 'events', verbs: ['list'], tools: HISTORY },
  { ...reader, group: '', resource: 'pods', verbs: ['list'], tools: ALL, proxies: true },
  { ...reader, group: '', resource: 'pods', subresource: 'proxy', verbs: ['get'], tools: ALL, proxies: true },
  { ...reader, group: 'apps', resource: 'deployments', verbs: ['get'], tools: ['release', 'argo'] },
  { ...reader, group: 'apps', resource: 'replicasets', verbs: ['list'], tools: HISTORY },
  { ...reader, group: 'discovery.k8s.io', resource: 'endpointslices', verbs: ['list'], tools: ['traefik'] },
  { ...reader, group: ARGO, resource: 'rollouts', verbs: ['get', 'list', 'watch'], tools: ALL },
  { ...reader, group: ARGO, resource: 'analysisruns', verbs: ['list'], tools: HISTORY },
  {
    ...reader,
    group: ARGO,
    resource: 'analysistemplates',
    verbs: ['get', 'list'],
    tools: ['release', 'argo_create_rollout', 'argo_set_analysis_template'],
  },
  {
    ...reader,
    group: ARGO,
    resource: 'clusteranalysistemplates',
    verbs: ['get'],
    tools: ['release'],
    clusterScoped: true,
  },
  { ...reader, group: TRAEFIK, resource: 'traefikservices', verbs: ['get', 'list'], tools: ALL },
  {
    ...reader,
    group: TRAEFIK,
    resource: 'ingressroutes',
    verbs: ['get', 'list'],
    tools: ['release', 'argo_delete_rollout', 'traefik'],
  },
  {
    ...reader,
    group: TRAEFIK,
    resource: 'middlewares',
    verbs: ['get'],
    tools: ['release', 'traefik_add_rate_limiting', 'traefik_add_circuit_breaker'],
  },
  { ...writer, group: ARGO, resource: 'rollouts', verbs: ['patch'], tools: ['release', 'argo'] },
  { ...writer, group: ARGO, resource: 'rollouts', verbs: ['create'], tools: ['argo_create_rollout'] },
  { ...writer, group: '', resource: 'services', verbs: ['create', 'patch'], tools: ['argo_create_rollout'] },
  { ...writer, group: ARGO, resource: 'rollouts', verbs: ['delete'], tools: ['argo_delete_rollout'] },
  { ...writer, group: ARGO, resource: 'rollouts', subresource: 'status', verbs: ['patch'], tools: ['release', 'argo'] },
  {
    ...writer,
    group: ARGO,
    resource: 'analysistemplates',
    verbs: ['create', 'patch'],
    tools: ['argo_set_analysis_template'],
  },
  { ...writer, group: '', resource: 'services', verbs: ['create', 'patch'], tools: ['argo_create_rollout'] },
  { ...writer, group: 'apps', resource: 'deployments', verbs: ['patch'], tools: ['argo_update_rollout_image'] },
  {
    ...writer,
    group: TRAEFIK,
    resource: 'traefikservices',
    verbs: ['create', 'delete', 'patch'],
    tools: ['release', 'traefik'],
  },
  { ...writer, group: TRAEFIK, resource: 'ingressroutes', verbs: ['create', 'delete', 'patch'], tools: ['traefik'] },
  {
    ...writer,
    group: TRAEFIK,
    resource: 'middlewares',
    verbs: ['create', 'delete', 'patch'],
    tools: ['traefik_add_rate_limiting', 'traefik_add_circuit_breaker'],
  },
];
