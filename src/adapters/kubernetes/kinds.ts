import type { ErrorCode } from '../../domain/errors.ts';

/** A kind of object, with everything that its URL and its error messages need. */
export interface Kind {
  readonly name: string;
  /** Empty for the core API. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Error code for a missing object of this kind. */
  readonly missing: ErrorCode;
}

export const NAMESPACE: Kind = {
  name: 'Namespace',
  group: '',
  version: 'v1',
  plural: 'namespaces',
  missing: 'NAMESPACE_NOT_FOUND',
};
export const SERVICE: Kind = {
  name: 'Service',
  group: '',
  version: 'v1',
  plural: 'services',
  missing: 'SERVICE_NOT_FOUND',
};
export const POD: Kind = { name: 'Pod', group: '', version: 'v1', plural: 'pods', missing: 'INTERNAL' };
export const EVENT: Kind = { name: 'Event', group: '', version: 'v1', plural: 'events', missing: 'INTERNAL' };
export const CONFIG_MAP: Kind = {
  name: 'ConfigMap',
  group: '',
  version: 'v1',
  plural: 'configmaps',
  missing: 'OBJECT_NOT_FOUND',
};
export const ROLLOUT: Kind = {
  name: 'Rollout',
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'rollouts',
  missing: 'ROLLOUT_NOT_FOUND',
};
export const TRAEFIK_SERVICE: Kind = {
  name: 'TraefikService',
  group: 'traefik.io',
  version: 'v1alpha1',
  plural: 'traefikservices',
  missing: 'TRAFFIC_SERVICE_NOT_FOUND',
};

export const INGRESS_ROUTE: Kind = {
  name: 'IngressRoute',
  group: 'traefik.io',
  version: 'v1alpha1',
  plural: 'ingressroutes',
  missing: 'ROUTE_NOT_FOUND',
};
export const MIDDLEWARE: Kind = {
  name: 'Middleware',
  group: 'traefik.io',
  version: 'v1alpha1',
  plural: 'middlewares',
  missing: 'MIDDLEWARE_NOT_FOUND',
};
export const ANALYSIS_TEMPLATE: Kind = {
  name: 'AnalysisTemplate',
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'analysistemplates',
  missing: 'ANALYSIS_TEMPLATE_NOT_FOUND',
};
export const CLUSTER_ANALYSIS_TEMPLATE: Kind = {
  ...ANALYSIS_TEMPLATE,
  name: 'ClusterAnalysisTemplate',
  plural: 'clusteranalysistemplates',
};
export const ANALYSIS_RUN: Kind = {
  name: 'AnalysisRun',
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'analysisruns',
  missing: 'INTERNAL',
};
export const REPLICA_SET: Kind = {
  name: 'ReplicaSet',
  group: 'apps',
  version: 'v1',
  plural: 'replicasets',
  missing: 'WORKLOAD_NOT_FOUND',
};
export const DEPLOYMENT: Kind = {
  name: 'Deployment',
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  missing: 'WORKLOAD_NOT_FOUND',
};
export const ENDPOINT_SLICE: Kind = {
  name: 'EndpointSlice',
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
  missing: 'INTERNAL',
};

/** Field manager of all objects that Sluice applies. */
export const FIELD_MANAGER = 'sluice';

/** One object. Without `namespace` it is cluster-scoped. */
export interface ObjectRef {
  readonly kind: Kind;
  readonly namespace?: string;
  readonly name: string;
}

/** Path of a collection, or of one object in it. */
export function apiPath(kind: Kind, namespace?: string, name?: string): string {
  const root = kind.group ? `/apis/${kind.group}/${kind.version}` : `/api/${kind.version}`;
  const parts = [...(namespace ? ['namespaces', namespace] : []), kind.plural, ...(name ? [name] : [])];
  return [root, ...parts.map(encodeURIComponent)].join('/');
}

export function describe(ref: ObjectRef): string {
  return `${ref.kind.name} ${ref.namespace ? `${ref.namespace}/` : ''}${ref.name}`;
}
