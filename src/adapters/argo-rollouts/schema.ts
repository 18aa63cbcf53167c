import { z } from 'zod';

/**
 * The fields of a Rollout (argoproj.io/v1alpha1) that Sluice reads, as the API server sends them; the rest is dropped.
 * Source: argo-rollouts v1.10.1, pkg/apis/rollouts/v1alpha1/types.go.
 */
const Container = z.object({ name: z.string(), image: z.string().default('') });

const Step = z.record(z.string(), z.unknown());

const Traefik = z.object({ weightedTraefikServiceName: z.string().optional() });

const Canary = z.object({
  steps: z.array(Step).optional(),
  stableService: z.string().optional(),
  canaryService: z.string().optional(),
  trafficRouting: z.looseObject({ traefik: Traefik.optional() }).optional(),
  abortScaleDownDelaySeconds: z.number().optional(),
});

const BlueGreen = z.object({
  activeService: z.string(),
  previewService: z.string().optional(),
  autoPromotionEnabled: z.boolean().optional(),
  abortScaleDownDelaySeconds: z.number().optional(),
});

const PauseCondition = z.object({ reason: z.string(), startTime: z.string() });

const Status = z.object({
  observedGeneration: z.string().optional(),
  phase: z.string().optional(),
  message: z.string().optional(),
  currentPodHash: z.string().optional(),
  stableRS: z.string().optional(),
  currentStepIndex: z.number().optional(),
  pauseConditions: z.array(PauseCondition).optional(),
  controllerPause: z.boolean().optional(),
  abort: z.boolean().optional(),
  abortedAt: z.string().optional(),
  promoteFull: z.boolean().optional(),
  updatedReplicas: z.number().optional(),
  availableReplicas: z.number().optional(),
  canary: z.object({ weights: z.object({ canary: z.object({ weight: z.number() }) }).optional() }).optional(),
  blueGreen: z.object({ activeSelector: z.string().optional(), previewSelector: z.string().optional() }).optional(),
});

export const Rollout = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    resourceVersion: z.string(),
    generation: z.number(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.object({
    replicas: z.number().optional(),
    paused: z.boolean().optional(),
    workloadRef: z.unknown().optional(),
    template: z.object({ spec: z.object({ containers: z.array(Container).default([]) }).optional() }).optional(),
    strategy: z.object({ canary: Canary.optional(), blueGreen: BlueGreen.optional() }).default({}),
  }),
  status: Status.default({}),
});
export type Rollout = z.infer<typeof Rollout>;

/** A core Service: its selector alone. */
export const Service = z.object({ spec: z.object({ selector: z.record(z.string(), z.string()).optional() }) });
