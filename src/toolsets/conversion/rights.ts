import { eachKind } from '../../commands/objects/usual-kinds.ts';
import type { Right } from '../../commands/toolset.ts';

const ARGO = 'argoproj.io';
const TRAEFIK = 'traefik.io';

/** A release needs none of these, so they are in the roles of the tools k8s_*. */
const ofConversion = {
  read: { role: 'sluice-kubernetes-reader', verbs: ['get', 'list'] },
  write: { role: 'sluice-kubernetes-writer' },
} as const;
/** What a conversion reads, by group. */
const SURROUNDINGS: Readonly<Record<string, readonly string[]>> = {
  '': ['services'],
  apps: ['daemonsets', 'deployments', 'statefulsets'],
  [ARGO]: ['rollouts'],
  autoscaling: ['horizontalpodautoscalers'],
  'discovery.k8s.io': ['endpointslices'],
  'networking.k8s.io': ['ingresses'],
  policy: ['poddisruptionbudgets'],
  [TRAEFIK]: ['ingressroutes', 'traefikservices'],
};
/** What a conversion makes, and deletes on the way back. */
const MADE: Readonly<Record<string, readonly string[]>> = {
  '': ['services'],
  [ARGO]: ['rollouts'],
  [TRAEFIK]: ['traefikservices'],
};
const CHANGED: Readonly<Record<string, readonly string[]>> = {
  apps: ['deployments'],
  autoscaling: ['horizontalpodautoscalers'],
  [TRAEFIK]: ['ingressroutes'],
};

export const rights: readonly Right[] = [
  { ...ofConversion.read, group: '', resource: 'namespaces', verbs: ['get'], clusterScoped: true },
  ...eachKind(SURROUNDINGS).map((right) => ({ ...right, ...ofConversion.read })),
  ...eachKind(MADE).map((right) => ({ ...right, ...ofConversion.write, verbs: ['create', 'patch', 'delete'] })),
  ...eachKind(CHANGED).map((right) => ({ ...right, ...ofConversion.write, verbs: ['patch'] })),
];
