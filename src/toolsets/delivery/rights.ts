import type { Right } from '../../commands/toolset.ts';

const PLAN = ['delivery_deploy_plan', 'delivery_deploy'];
/** The kinds of the objects in `k8s/base`. */
const KINDS: readonly (readonly [group: string, resource: string])[] = [
  ['', 'serviceaccounts'],
  ['', 'services'],
  ['argoproj.io', 'rollouts'],
  ['traefik.io', 'traefikservices'],
  ['traefik.io', 'ingressroutes'],
  ['networking.k8s.io', 'networkpolicies'],
  ['policy', 'poddisruptionbudgets'],
  ['autoscaling', 'horizontalpodautoscalers'],
];

/** Objects that name others: what a release owns is refused. */
const LISTED: readonly (readonly [group: string, resource: string])[] = [
  ['apps', 'deployments'],
  ['argoproj.io', 'rollouts'],
  ['traefik.io', 'traefikservices'],
];

const reader = { role: 'sluice-kubernetes-reader', tools: PLAN } as const;

/** The plan is a dry run, which needs the rights of the write. Templates of other kinds need rights of their own. */
export const rights: readonly Right[] = [
  ...KINDS.flatMap(([group, resource]): readonly Right[] => [
    { ...reader, group, resource, verbs: ['get'] },
    { role: 'sluice-kubernetes-writer', group, resource, verbs: ['create', 'patch'], tools: PLAN },
  ]),
  ...LISTED.map(([group, resource]): Right => ({ ...reader, group, resource, verbs: ['list'] })),
  { ...reader, group: '', resource: 'namespaces', verbs: ['get'], clusterScoped: true },
];
