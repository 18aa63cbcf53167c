import { z } from 'zod';

/**
 * The fields of a Rollout (argoproj.io/v1alpha1) that tell how far Argo has moved the traffic. Source: argo-rollouts
 * v1.10.1, pkg/apis/rollouts/v1alpha1/types.go.
 */
export const Rollout = z.object({
  metadata: z.object({ uid: z.string().default(''), resourceVersion: z.string().default('') }),
  spec: z.object({
    selector: z.object({ matchLabels: z.record(z.string(), z.string()).optional() }).nullish(),
    strategy: z
      .object({
        canary: z
          .object({
            stableService: z.string().optional(),
            canaryService: z.string().optional(),
            steps: z.array(z.looseObject({ setWeight: z.number().optional() })).default([]),
            trafficRouting: z.record(z.string(), z.unknown()).nullish(),
          })
          .optional(),
      })
      .default({}),
  }),
  status: z
    .object({
      currentPodHash: z.string().default(''),
      stableRS: z.string().default(''),
      currentStepIndex: z.number().optional(),
      abort: z.boolean().default(false),
      canary: z.object({ weights: z.object({ canary: z.object({ weight: z.number() }) }).optional() }).default({}),
    })
    .default({ currentPodHash: '', stableRS: '', abort: false, canary: {} }),
});
export type Rollout = z.output<typeof Rollout>;

export const ReplicaSet = z.object({
  metadata: z.object({
    labels: z.record(z.string(), z.string()).default({}),
    ownerReferences: z.array(z.object({ uid: z.string() })).default([]),
  }),
  status: z.object({ availableReplicas: z.number().default(0) }).default({ availableReplicas: 0 }),
});
export type ReplicaSet = z.output<typeof ReplicaSet>;
