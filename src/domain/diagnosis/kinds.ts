import { isFlux } from '../flux/flux-kinds.ts';

export const SOURCES = ['GitRepository', 'OCIRepository', 'Bucket', 'HelmRepository', 'HelmChart'] as const;

/** The groups of the kinds that a diagnosis walks through. Their names are unique among these. */
export const GROUPS: Readonly<Record<string, string>> = {
  ...in_('', 'Pod', 'Service', 'PersistentVolumeClaim', 'ConfigMap', 'Node', 'Namespace', 'ResourceQuota', 'Event'),
  ...in_('apps', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'),
  ...in_('batch', 'Job', 'CronJob'),
  ...in_('autoscaling', 'HorizontalPodAutoscaler'),
  ...in_('policy', 'PodDisruptionBudget'),
  ...in_('networking.k8s.io', 'Ingress', 'IngressClass'),
  ...in_('storage.k8s.io', 'StorageClass'),
  ...in_('discovery.k8s.io', 'EndpointSlice'),
  ...in_('argoproj.io', 'Rollout', 'AnalysisRun'),
  ...in_('traefik.io', 'IngressRoute', 'TraefikService', 'Middleware'),
  ...in_('gateway.networking.k8s.io', 'HTTPRoute'),
  ...in_('kustomize.toolkit.fluxcd.io', 'Kustomization'),
  ...in_('helm.toolkit.fluxcd.io', 'HelmRelease'),
  ...in_('source.toolkit.fluxcd.io', ...SOURCES),
};

function in_(group: string, ...kinds: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(kinds.map((kind) => [kind, group]));
}

export function groupOfKind(kind: string): string {
  return GROUPS[kind] ?? '';
}

/** Kinds with a pod template. */
export const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'] as const;

/** The kinds that a diagnosis of a whole namespace begins with. */
export const ROOTS: readonly string[] = [
  ...[...WORKLOADS, 'Job', 'CronJob', 'Pod', 'Service', 'PersistentVolumeClaim', 'Ingress', 'HorizontalPodAutoscaler'],
  ...['IngressRoute', 'TraefikService', 'HTTPRoute', 'Kustomization', 'HelmRelease', ...SOURCES],
];

/** Whether a kind with its group, as in `Kustomization.kustomize.toolkit.fluxcd.io`, belongs to Flux. */
export function isFluxKind(kind: string): boolean {
  return isFlux({ group: kind.slice(kind.indexOf('.') + 1) });
}
