import { z } from 'zod';

const weights = z.record(z.string(), z.number());

/** A weighted route at one time, as the traefik tools show it before and after a write. */
export const routeSnapshot = z.strictObject({
  namespace: z.string(),
  route_name: z.string(),
  rules: z.array(z.string()).describe('Of the IngressRoutes that lead to it.'),
  weights: weights.describe('As written, by Service.'),
  in_force: z
    .array(z.strictObject({ replica: z.string(), weights: weights.optional(), error: z.string().optional() }))
    .describe('As each Traefik replica serves them; empty: no Traefik API is configured.'),
  sticky: z.boolean(),
  middlewares: z.array(z.string()).describe('On the route, and on its Services.'),
  rollout: z.string().optional().describe('The Rollout that writes the weights.'),
  release_id: z.string().optional().describe('The running release that owns it.'),
  resource_version: z.string(),
});
export type RouteSnapshot = z.output<typeof routeSnapshot>;
