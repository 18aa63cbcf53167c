import { z } from 'zod';

/**
 * The fields of a TraefikService (traefik.io/v1alpha1) that Sluice reads. Source: traefik v3,
 * pkg/provider/kubernetes/crd/traefikio/v1alpha1/service.go.
 */
const WeightedEntry = z.object({
  name: z.string(),
  kind: z.string().default('Service'),
  namespace: z.string().optional(),
  port: z.union([z.number(), z.string()]).optional(),
  /** Traefik uses 1 if it is absent. */
  weight: z.number().optional(),
});
export type WeightedEntry = z.infer<typeof WeightedEntry>;

export const TraefikService = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).optional(),
    managedFields: z.array(z.looseObject({})).optional(),
  }),
  spec: z.object({
    weighted: z.object({ services: z.array(WeightedEntry).default([]), sticky: z.unknown().optional() }).optional(),
  }),
});
export type TraefikService = z.infer<typeof TraefikService>;

/** GET /api/http/services/<name> of one Traefik. Source: traefik v3, pkg/api/handler_http.go. */
export const ApiService = z.object({
  status: z.string().optional(),
  error: z.array(z.string()).optional(),
  weighted: z
    .object({ services: z.array(z.object({ name: z.string(), weight: z.number().default(1) })).default([]) })
    .optional(),
});
export type ApiService = z.infer<typeof ApiService>;
