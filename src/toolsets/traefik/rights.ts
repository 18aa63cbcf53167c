import type { Right } from '../../commands/toolset.ts';

const reader = { role: 'sluice-reader' } as const;
const writer = { role: 'sluice-writer' } as const;
const ARGO = 'argoproj.io';
const TRAEFIK = 'traefik.io';
const MIDDLEWARES = ['traefik_add_rate_limiting', 'traefik_add_circuit_breaker'];

/** Server-side apply of a new object needs `create` beside `patch`. */
export const rights: readonly Right[] = [
  { ...reader, group: '', resource: 'namespaces', verbs: ['get'], clusterScoped: true },
  { ...reader, group: '', resource: 'services', verbs: ['get'] },
  { ...reader, group: '', resource: 'pods', verbs: ['list'], proxies: true },
  { ...reader, group: '', resource: 'pods', subresource: 'proxy', verbs: ['get'], proxies: true },
  { ...reader, group: 'discovery.k8s.io', resource: 'endpointslices', verbs: ['list'] },
  { ...reader, group: ARGO, resource: 'rollouts', verbs: ['get', 'list', 'watch'] },
  { ...reader, group: TRAEFIK, resource: 'traefikservices', verbs: ['get', 'list'] },
  { ...reader, group: TRAEFIK, resource: 'ingressroutes', verbs: ['get', 'list'] },
  { ...reader, group: TRAEFIK, resource: 'middlewares', verbs: ['get'], tools: MIDDLEWARES },
  { ...writer, group: TRAEFIK, resource: 'traefikservices', verbs: ['create', 'delete', 'patch'] },
  { ...writer, group: TRAEFIK, resource: 'ingressroutes', verbs: ['create', 'delete', 'patch'] },
  { ...writer, group: TRAEFIK, resource: 'middlewares', verbs: ['create', 'delete', 'patch'], tools: MIDDLEWARES },
];
