import { z } from 'zod';
import { ARGO_STRATEGY_NAMES } from '../domain/argo-strategies.ts';

/** A Rollout at one time, as the argo tools show it before and after a write. */
export const rolloutSnapshot = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  strategy: z.enum([...ARGO_STRATEGY_NAMES, 'unknown']),
  phase: z.string(),
  message: z.string(),
  images: z.record(z.string(), z.string()).describe('By container.'),
  pod_hash: z.string(),
  stable_hash: z.string().describe('Equal to pod_hash: fully promoted.'),
  step: z.number().optional().describe('Index of the present step.'),
  steps: z.number(),
  weight: z.number().optional().describe('Canary weight that Argo has written, in percent.'),
  paused_by: z.array(z.string()).describe('manual, or the reasons of the controller.'),
  aborted: z.boolean(),
  release_id: z.string().optional().describe('The running release that owns it.'),
  resource_version: z.string(),
});
