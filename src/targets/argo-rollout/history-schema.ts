import { z } from 'zod';
import { Condition } from './pods.ts';

// Controllers of several versions write these objects. Absent fields stay absent. An invalid object does not hide the
// others.
const Owned = z.object({
  name: z.string(),
  creationTimestamp: z.string().default(''),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  ownerReferences: z.array(z.object({ uid: z.string() })).default([]),
});

export const ReplicaSet = z.object({
  metadata: Owned,
  spec: z.object({
    replicas: z.number().default(0),
    template: z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()).optional() }).optional(),
      spec: z.looseObject({
        containers: z.array(z.looseObject({ name: z.string(), image: z.string().default('') })).default([]),
        initContainers: z.array(z.looseObject({ name: z.string(), image: z.string().default('') })).default([]),
      }),
    }),
  }),
  status: z
    .object({ readyReplicas: z.number().default(0), conditions: z.array(Condition).default([]) })
    .default({ readyReplicas: 0, conditions: [] }),
});
export type ReplicaSet = z.infer<typeof ReplicaSet>;

const count = z.number().default(0);
const Metric = z.object({
  name: z.string(),
  phase: z.string().default(''),
  message: z.string().default(''),
  successful: count,
  failed: count,
  inconclusive: count,
  error: count,
  measurements: z.array(z.object({ value: z.string().optional(), message: z.string().optional() })).default([]),
});

/** Source: argo-rollouts v1.10.1, pkg/apis/rollouts/v1alpha1/analysis_types.go. */
export const AnalysisRun = z.object({
  metadata: Owned,
  status: z
    .object({
      phase: z.string().default(''),
      message: z.string().default(''),
      startedAt: z.string().optional(),
      completedAt: z.string().optional(),
      metricResults: z.array(Metric).default([]),
    })
    .default({ phase: '', message: '', metricResults: [] }),
});
export type AnalysisRun = z.infer<typeof AnalysisRun>;

export const Event = z.object({
  metadata: z.object({ creationTimestamp: z.string().default('') }),
  type: z.string().default(''),
  reason: z.string().default(''),
  message: z.string().default(''),
  count: z.number().nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  reportingComponent: z.string().nullish(),
  source: z.object({ component: z.string().optional() }).default({}),
});
export type Event = z.infer<typeof Event>;

export const Managed = z.object({
  metadata: z.object({
    managedFields: z
      .array(
        z.object({
          manager: z.string().default(''),
          time: z.string().default(''),
          subresource: z.string().default(''),
          fieldsV1: z.record(z.string(), z.unknown()).default({}),
        }),
      )
      .default([]),
  }),
});
