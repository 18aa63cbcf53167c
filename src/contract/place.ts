import { contextName, dnsName } from './target.ts';

/** Name of a Kubernetes object. */
export const objectName = dnsName;

/** Where the single tools act. An absent cluster is the kubeconfig's current context. */
export const placeFields = {
  cluster: contextName.optional().describe('Kubeconfig context.'),
  namespace: dnsName.describe('Namespace.'),
};

/** A Rollout, as the argo tools name it. */
export const rolloutFields = { ...placeFields, name: dnsName.describe('Name of the Rollout.') };

/** A weighted route, as the traefik tools name it. */
export const routeFields = { ...placeFields, route_name: dnsName.describe('Name of the TraefikService.') };
