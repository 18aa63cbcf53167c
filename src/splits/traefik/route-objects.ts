import { z } from 'zod';
import type { RoutePlan } from '../../ports/routes.ts';
import type { TrafficRef } from '../../ports/split.ts';
import { INGRESS_ROUTE, TRAEFIK_SERVICE } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';

const API_VERSION = 'traefik.io/v1alpha1';

const metadata = z.object({
  name: z.string(),
  namespace: z.string(),
  uid: z.string(),
  resourceVersion: z.string(),
  annotations: z.record(z.string(), z.string()).optional(),
  managedFields: z.array(z.object({ time: z.string().optional(), fieldsV1: z.unknown().optional() })).optional(),
});

/** `name@provider` refers to another provider of Traefik, for example to a middleware of the file provider. */
const Reference = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  kind: z.enum(['Service', 'TraefikService']).catch('Service'),
});
const MiddlewareRef = z.object({ name: z.string(), namespace: z.string().optional() });

/**
 * The fields of an IngressRoute (traefik.io/v1alpha1) that Sluice reads. Source: traefik v3,
 * pkg/provider/kubernetes/crd/traefikio/v1alpha1/ingressroute.go.
 */
export const IngressRoute = z.object({
  metadata,
  spec: z.object({
    entryPoints: z.array(z.string()).default([]),
    routes: z
      .array(
        z.object({
          match: z.string().default(''),
          services: z.array(Reference).default([]),
          middlewares: z.array(MiddlewareRef).default([]),
        }),
      )
      .default([]),
  }),
});
export type IngressRoute = z.infer<typeof IngressRoute>;

const Entry = Reference.extend({
  port: z.union([z.number(), z.string()]).optional(),
  weight: z.number().default(1),
  middlewares: z.array(MiddlewareRef).default([]),
});

/** One of the four forms. A mirroring's own reference is the main service. Source: the same folder, service.go. */
export const RouteService = z.object({
  metadata,
  spec: z.object({
    weighted: z.object({ services: z.array(Entry).default([]), sticky: z.unknown().optional() }).optional(),
    mirroring: Reference.extend({ mirrors: z.array(Reference).default([]) }).optional(),
    highestRandomWeight: z.object({ services: z.array(Reference).default([]) }).optional(),
    failover: z.object({ service: Reference.optional(), fallback: Reference.optional() }).optional(),
  }),
});
export type RouteService = z.infer<typeof RouteService>;
export type Reference = z.infer<typeof Reference>;

export function trafficRefOf(ref: TrafficRef): ObjectRef {
  return { kind: TRAEFIK_SERVICE, namespace: ref.namespace, name: ref.name };
}

export function ingressRefOf(ref: TrafficRef): ObjectRef {
  return { kind: INGRESS_ROUTE, namespace: ref.namespace, name: ref.name };
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion?: string };
  readonly spec: object;
}

/**
 * The fields that Sluice applies to a weighted TraefikService: its list of services, which has one owner as a whole.
 */
export function trafficManifest(ref: TrafficRef, services: readonly unknown[], resourceVersion?: string): Manifest {
  const identity = {
    name: ref.name,
    namespace: ref.namespace,
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
  return { apiVersion: API_VERSION, kind: 'TraefikService', metadata: identity, spec: { weighted: { services } } };
}

/** The two entries of a new route. Stable gets all traffic. */
export function newEntries({ stable, canary, port, nativeLb }: RoutePlan): readonly object[] {
  const entry = (name: string, weight: number) => ({
    name,
    kind: 'Service',
    port,
    weight,
    ...(nativeLb && { nativeLB: true }),
  });
  return [entry(stable, 100), entry(canary, 0)];
}

/** Without `kind: TraefikService` requests would bypass the weights. */
export function ingressManifest(ref: TrafficRef, { match, entryPoints }: RoutePlan): Manifest {
  const routes = [{ match, kind: 'Rule', services: [{ name: ref.name, kind: 'TraefikService' }] }];
  const metadata = { name: ref.name, namespace: ref.namespace };
  return {
    apiVersion: API_VERSION,
    kind: 'IngressRoute',
    metadata,
    spec: { ...(entryPoints.length > 0 && { entryPoints }), routes },
  };
}
