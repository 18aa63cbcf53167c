import type { ApiObject } from '../../cluster-objects/api-object.ts';
import type { Deployment } from '../deployment.ts';
import { imageParts } from '../image-reference.ts';
import { ingressRoute, networkPolicy, services, traefikService } from './network.ts';
import { rollout } from './rollout.ts';
import { autoscaler, disruptionBudget, serviceAccount } from './scale.ts';

/** One file of `k8s/base/` with its objects. */
export interface ManifestFile {
  readonly name: string;
  readonly objects: readonly ApiObject[];
}

/** The files of `k8s/base/`. A kind that the deployment does not need has no file. */
export function manifests(deployment: Deployment): readonly ManifestFile[] {
  const { host } = deployment;
  const files: readonly (readonly [string, readonly (ApiObject | undefined)[]])[] = [
    ['serviceaccount.yaml', [serviceAccount(deployment)]],
    ['services.yaml', services(deployment)],
    ['traefikservice.yaml', [traefikService(deployment)]],
    ['rollout.yaml', [rollout(deployment)]],
    ['ingressroute.yaml', [host === undefined ? undefined : ingressRoute(deployment, host)]],
    ['networkpolicy.yaml', [networkPolicy(deployment)]],
    ['poddisruptionbudget.yaml', [disruptionBudget(deployment)]],
    ['horizontalpodautoscaler.yaml', [autoscaler(deployment)]],
  ];
  return files.flatMap(([name, objects]) => {
    const wanted = objects.filter((one) => one !== undefined);
    return wanted.length === 0 ? [] : [{ name, objects: wanted }];
  });
}

/** `k8s/base/kustomization.yaml`. */
export function baseKustomization(files: readonly string[]): ApiObject {
  return { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: [...files] };
}

/** `k8s/overlays/production/kustomization.yaml`. It names the image, so a release by Git changes this line only. */
export function overlayKustomization({ namespace, image }: Deployment): ApiObject {
  const { name, tag, digest } = imageParts(image);
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace,
    resources: ['../../base'],
    images: [{ name, ...(digest === undefined ? { newTag: tag ?? 'latest' } : { digest }) }],
  };
}
