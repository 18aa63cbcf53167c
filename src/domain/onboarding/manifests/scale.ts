import type { ApiObject } from '../../cluster-objects/api-object.ts';
import type { Deployment } from '../deployment.ts';
import { metadata, selector } from './parts.ts';

export function serviceAccount(deployment: Deployment): ApiObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadata(deployment),
    automountServiceAccountToken: false,
  };
}

/** One pod at a time may be evicted. Undefined for one replica, which could then never be evicted. */
export function disruptionBudget(deployment: Deployment): ApiObject | undefined {
  if ((deployment.autoscaling?.minReplicas ?? deployment.replicas) < 2) return undefined;
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(deployment),
    spec: { maxUnavailable: 1, selector: { matchLabels: selector(deployment) } },
  };
}

export function autoscaler(deployment: Deployment): ApiObject | undefined {
  const { autoscaling, name } = deployment;
  if (!autoscaling) return undefined;
  const target = { type: 'Utilization', averageUtilization: autoscaling.cpuPercent };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(deployment),
    spec: {
      scaleTargetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name },
      minReplicas: autoscaling.minReplicas,
      maxReplicas: autoscaling.maxReplicas,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
    },
  };
}
