type Kinds = Readonly<Record<string, readonly string[]>>;

/** Kinds that most clusters have, by group. For further kinds a role of the cluster's own has to grant rights. */
export const NAMESPACED: Kinds = {
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

/** Pods can be labelled and deleted. Everything else about them belongs to their workload. */
export const WRITTEN: Kinds = {
  '': ['configmaps', 'persistentvolumeclaims', 'pods', 'serviceaccounts', 'services'],
  apps: ['daemonsets', 'deployments', 'statefulsets'],
  'argoproj.io': ['analysistemplates', 'rollouts'],
  autoscaling: ['horizontalpodautoscalers'],
  batch: ['cronjobs', 'jobs'],
  'gateway.networking.k8s.io': ['httproutes'],
  'networking.k8s.io': ['ingresses', 'networkpolicies'],
  policy: ['poddisruptionbudgets'],
  'traefik.io': ['ingressroutes', 'middlewares', 'traefikservices'],
};

/** One entry for each kind, as rights name them. */
export function eachKind(kinds: Kinds): readonly { readonly group: string; readonly resource: string }[] {
  return Object.entries(kinds).flatMap(([group, resources]) => resources.map((resource) => ({ group, resource })));
}
