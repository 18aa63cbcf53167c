import type { Kind } from '../../../src/adapters/kubernetes/kinds.ts';

const KINDS: Readonly<Record<string, string>> = {
  v1: 'ConfigMap Event LimitRange Namespace Node PersistentVolumeClaim Pod ResourceQuota Service',
  'apps/v1': 'DaemonSet Deployment ReplicaSet StatefulSet',
  'batch/v1': 'CronJob Job',
  'autoscaling/v2': 'HorizontalPodAutoscaler',
  'policy/v1': 'PodDisruptionBudget',
  'networking.k8s.io/v1': 'Ingress',
  'storage.k8s.io/v1': 'StorageClass',
  'admissionregistration.k8s.io/v1': 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding',
  'argoproj.io/v1alpha1': 'AnalysisRun Rollout',
  'traefik.io/v1alpha1': 'IngressRoute TraefikService',
  'source.toolkit.fluxcd.io/v1': 'GitRepository HelmChart HelmRepository',
  'kustomize.toolkit.fluxcd.io/v1': 'Kustomization',
  'helm.toolkit.fluxcd.io/v2': 'HelmRelease',
};
const PLURALS: Readonly<Record<string, string>> = {
  Ingress: 'ingresses',
  StorageClass: 'storageclasses',
  GitRepository: 'gitrepositories',
  HelmRepository: 'helmrepositories',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
};

/** A kind that a case makes objects of. */
export function kindNamed(name: string): Kind {
  const [apiVersion = ''] = Object.entries(KINDS).find(([, names]) => names.split(' ').includes(name)) ?? [];
  if (apiVersion === '') throw new Error(`no kind ${name}`);
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  return { name, group, version, plural: PLURALS[name] ?? `${name.toLowerCase()}s`, missing: 'OBJECT_NOT_FOUND' };
}

export function apiVersionOf({ group, version }: Kind): string {
  return group === '' ? version : `${group}/${version}`;
}
