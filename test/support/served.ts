import { ROLLOUT, type Kind } from '../../src/adapters/kubernetes/kinds.ts';
import type { ObjectsStage } from './argo-objects-stage.ts';

const TRAEFIK_SERVICE: Kind = {
  name: 'TraefikService',
  group: 'traefik.io',
  version: 'v1alpha1',
  plural: 'traefikservices',
  missing: 'TRAFFIC_SERVICE_NOT_FOUND',
};

/** What users of an application get: the image, whether it is the stable version, and the weights. */
export async function servedBy(stage: ObjectsStage, name: string) {
  const { spec, status } = (await stage.get(ROLLOUT, name)) as unknown as {
    spec: { template: { spec: { containers: { image: string }[] } } };
    status: { phase: string; currentPodHash: string; stableRS: string };
  };
  const route = (await stage.get(TRAEFIK_SERVICE, name)) as unknown as {
    spec: { weighted: { services: { weight: number }[] } };
  };
  return {
    image: spec.template.spec.containers[0]?.image,
    phase: status.phase,
    stable: status.currentPodHash === status.stableRS,
    weights: route.spec.weighted.services.map(({ weight }) => weight),
  };
}
