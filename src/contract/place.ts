import { z } from 'zod';
import { contextName, dnsName } from './target.ts';

/** Name of a Kubernetes object. */
export const objectName = dnsName;

/** The place of a single tool's call. An absent cluster is the kubeconfig's current context. */
export const placeFields = {
  cluster: contextName.optional().describe('Kubeconfig context.'),
  namespace: dnsName.describe('Namespace.'),
};

/** For writes by server-side apply. */
export const takeOver = z.boolean().optional().describe('Take fields over from other field managers.');

/** A Rollout, as the argo tools name it. */
export const rolloutFields = { ...placeFields, name: dnsName.describe('Name of the Rollout.') };

/** A weighted route, as the traefik tools name it. */
export const routeFields = { ...placeFields, route_name: dnsName.describe('Name of the TraefikService.') };
