import { z } from 'zod';
import { rolloutSnapshot } from './rollout-snapshot.ts';

/** The answer of argo_get_rollout_status. */
export const rolloutStatus = z.strictObject({
  ...rolloutSnapshot.shape,
  next: z.string().describe('What to do now, with the tool that does it.'),
  observed: z.boolean().describe('False: the controller has not yet seen the present spec.'),
  replicas: z.strictObject({
    desired: z.number(),
    total: z.number(),
    updated: z.number(),
    ready: z.number(),
    available: z.number(),
  }),
  plan: z.array(z.string()).describe('The steps; "→" marks the present one.'),
  paused_since: z.string().optional(),
  versions: z.array(z.string()),
  services: z.array(
    z.strictObject({
      name: z.string(),
      role: z.string(),
      hash: z.string(),
      version: z.enum(['stable', 'new', 'other', 'none']),
    }),
  ),
  route: z
    .strictObject({
      traefik_service: z.string(),
      weights: z.record(z.string(), z.number()),
      owner: z.string().optional(),
      problem: z.string().optional(),
    })
    .optional()
    .describe('The TraefikService as written; traefik_get_traffic_distribution shows what is in force.'),
  analysis: z.array(z.strictObject({ run: z.string(), role: z.string(), status: z.string(), message: z.string() })),
  conditions: z.array(
    z.strictObject({
      type: z.string(),
      status: z.string(),
      reason: z.string(),
      message: z.string(),
      since: z.string().optional(),
    }),
  ),
  workload: z.string().optional(),
});
