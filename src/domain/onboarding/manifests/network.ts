import type { ApiObject } from '../../cluster-objects/api-object.ts';
import type { Deployment } from '../deployment.ts';
import { canaryService, metadata, selector, stableService } from './parts.ts';

const PORT = 80;

/** The Services of the stable and of the new version. Argo adds the hash of their pods to the selectors. */
export function services(deployment: Deployment): readonly ApiObject[] {
  return [stableService(deployment), canaryService(deployment)].map((name) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(deployment, name),
    spec: {
      type: 'ClusterIP',
      selector: selector(deployment),
      ports: [{ name: 'http', port: PORT, targetPort: 'http', protocol: 'TCP' }],
    },
  }));
}

/** All traffic belongs to the stable version until a release moves it. */
export function traefikService(deployment: Deployment): ApiObject {
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TraefikService',
    metadata: metadata(deployment),
    spec: {
      weighted: {
        services: [
          { name: stableService(deployment), port: PORT, weight: 100 },
          { name: canaryService(deployment), port: PORT, weight: 0 },
        ],
      },
    },
  };
}

export function ingressRoute(deployment: Deployment, host: string): ApiObject {
  const { name, entryPoints } = deployment;
  const route = { kind: 'Rule', match: `Host(\`${host}\`)`, services: [{ kind: 'TraefikService', name }] };
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    metadata: metadata(deployment),
    spec: { entryPoints: [...entryPoints], routes: [route] },
  };
}

/** Clients reach the port of the service and nothing else. Where the service itself may go is left open. */
export function networkPolicy(deployment: Deployment): ApiObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(deployment),
    spec: {
      podSelector: { matchLabels: selector(deployment) },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 'http', protocol: 'TCP' }] }],
    },
  };
}
