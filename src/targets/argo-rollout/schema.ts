import { z } from 'zod';

/**
 * The fields of a Rollout (argoproj.io/v1alpha1) that Sluice reads, as the API server sends them. Other fields are
 * dropped. Source: argo-rollouts v1.10.1, pkg/apis/rollouts/v1alpha1/types.go.
 */
const Container = z.object({ name: z.string(), image: z.string().default('') });

/** A container or an init container. Their names are unique together. */
export interface PodContainer extends z.output<typeof Container> {
  /** Where it is below spec.template.spec: `containers/0`, `initContainers/1`. */
  readonly at: string;
}

/** All containers of a template in one list, those that run first at its end. */
const PodSpec = z
  .object({ containers: z.array(Container).default([]), initContainers: z.array(Container).default([]) })
  .transform(({ containers, initContainers }) => ({
    containers: [...placed('containers', containers), ...placed('initContainers', initContainers)],
  }));

function placed(list: string, containers: readonly z.output<typeof Container>[]): PodContainer[] {
  return containers.map((container, index) => ({ ...container, at: `${list}/${index}` }));
}

export function isInitContainer({ at }: PodContainer): boolean {
  return at.startsWith('init');
}

const Step = z.record(z.string(), z.unknown());

/** The value of a step `setCanaryScale`. */
export const CanaryScale = z
  .object({ replicas: z.number().nullish(), weight: z.number().nullish(), matchTrafficWeight: z.boolean().nullish() })
  .transform(({ replicas, weight, matchTrafficWeight }) => ({
    ...(typeof replicas === 'number' ? { replicas } : {}),
    ...(typeof weight === 'number' ? { weight } : {}),
    ...(matchTrafficWeight ? { followsWeight: true } : {}),
  }));

const Traefik = z.object({ weightedTraefikServiceName: z.string().optional() });

const Background = z.object({ templates: z.array(z.object({ templateName: z.string().default('') })).nullish() });

const Canary = z.object({
  steps: z.array(Step).optional(),
  analysis: Background.nullish(),
  stableService: z.string().optional(),
  canaryService: z.string().optional(),
  trafficRouting: z.looseObject({ traefik: Traefik.optional(), maxTrafficWeight: z.number().nullish() }).optional(),
  abortScaleDownDelaySeconds: z.number().optional(),
  dynamicStableScale: z.boolean().optional(),
  minPodsPerReplicaSet: z.number().optional(),
});

const BlueGreen = z.object({
  activeService: z.string(),
  previewService: z.string().optional(),
  autoPromotionEnabled: z.boolean().optional(),
  autoPromotionSeconds: z.number().optional(),
  abortScaleDownDelaySeconds: z.number().optional(),
  previewReplicaCount: z.number().optional(),
});

const PauseCondition = z.object({ reason: z.string(), startTime: z.string() });

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastUpdateTime: z.string().optional(),
});

/** The Rollout's entry for an AnalysisRun that it waits for. */
const RunStatus = z.object({ name: z.string(), status: z.string().default(''), message: z.string().default('') });

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
  workloadObservedGeneration: z.string().optional(),
  restartedAt: z.string().optional(),
  replicas: z.number().optional(),
  updatedReplicas: z.number().optional(),
  readyReplicas: z.number().optional(),
  availableReplicas: z.number().optional(),
  conditions: z.array(Condition).optional(),
  canary: z
    .object({
      weights: z.object({ canary: z.object({ weight: z.number() }) }).optional(),
      currentStepAnalysisRunStatus: RunStatus.optional(),
      currentBackgroundAnalysisRunStatus: RunStatus.optional(),
    })
    .optional(),
  blueGreen: z
    .object({
      activeSelector: z.string().optional(),
      previewSelector: z.string().optional(),
      prePromotionAnalysisRunStatus: RunStatus.optional(),
      postPromotionAnalysisRunStatus: RunStatus.optional(),
    })
    .optional(),
});

export const Rollout = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    resourceVersion: z.string(),
    generation: z.number(),
    uid: z.string().optional(),
    deletionTimestamp: z.string().optional(),
    finalizers: z.array(z.string()).optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.object({
    replicas: z.number().optional(),
    paused: z.boolean().optional(),
    rollbackWindow: z.object({ revisions: z.number().optional() }).nullish(),
    restartAt: z.string().nullish(),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()).optional() }).nullish(),
    workloadRef: z.looseObject({ kind: z.string().optional(), name: z.string().optional() }).optional(),
    template: z.object({ spec: PodSpec.optional() }).optional(),
    strategy: z.object({ canary: Canary.optional(), blueGreen: BlueGreen.optional() }).default({}),
  }),
  status: Status.default({}),
});
export type Rollout = z.infer<typeof Rollout>;

/** A Deployment that a Rollout refers to. Its defaults are those of the API server. */
export const Workload = z.object({
  metadata: z.object({ resourceVersion: z.string().default(''), generation: z.number().default(0) }).default({
    resourceVersion: '',
    generation: 0,
  }),
  spec: z.object({
    replicas: z.number().optional(),
    template: z.object({ spec: PodSpec }),
  }),
});

/** A core Service. Only its selector is read. */
export const Service = z.object({ spec: z.object({ selector: z.record(z.string(), z.string()).optional() }) });
