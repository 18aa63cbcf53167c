import type { ApiObject } from '../../cluster-objects/api-object.ts';
import type { Deployment } from '../deployment.ts';

/** The user of every container, as the Dockerfiles set it. */
export const USER_ID = 1001;

export const stableService = ({ name }: Deployment): string => `${name}-stable`;
export const canaryService = ({ name }: Deployment): string => `${name}-canary`;

/** Pods are selected by the name alone, because selectors cannot change later. */
export const selector = ({ name }: Deployment): Readonly<Record<string, string>> => ({
  'app.kubernetes.io/name': name,
});

export function metadata(deployment: Deployment, name = deployment.name): ApiObject {
  return {
    name,
    namespace: deployment.namespace,
    labels: { ...selector(deployment), 'app.kubernetes.io/managed-by': 'sluice' },
  };
}
