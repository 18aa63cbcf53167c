import type { ApiObject } from '../../cluster-objects/api-object.ts';
import { heldSteps } from '../../release/first-hold.ts';
import type { Deployment } from '../deployment.ts';
import { canaryService, metadata, selector, stableService } from './parts.ts';
import { podTemplate } from './pod.ts';

/**
 * A canary whose weights Argo writes into the TraefikService. Every weight is followed by a pause without a time: a
 * release judges there and promotes. With smoke tests the first pause comes before any weight: they run there. The
 * autoscaler owns the number of replicas where there is one.
 */
export function rollout(deployment: Deployment): ApiObject {
  const { name, replicas, canaryWeights, autoscaling, smoke } = deployment;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: metadata(deployment),
    spec: {
      ...(autoscaling ? {} : { replicas }),
      revisionHistoryLimit: 5,
      selector: { matchLabels: selector(deployment) },
      strategy: {
        canary: {
          stableService: stableService(deployment),
          canaryService: canaryService(deployment),
          abortScaleDownDelaySeconds: 30,
          trafficRouting: { traefik: { weightedTraefikServiceName: name } },
          steps: smoke
            ? heldSteps(canaryWeights)
            : canaryWeights.flatMap((setWeight) => [{ setWeight }, { pause: {} }]),
        },
      },
      template: podTemplate(deployment),
    },
  };
}
