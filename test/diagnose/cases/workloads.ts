import { metaOf } from '../../../src/domain/cluster-objects/api-object.ts';
import type { DiagnosisCase } from '../../support/diagnosis/case.ts';
import type { CaseStage } from '../../support/diagnosis/case-stage.ts';
import { podStatus, READY, terminated, waiting } from '../../support/diagnosis/kubelet.ts';
import { deployment, job, statefulSet } from '../../support/diagnosis/manifests.ts';

async function ready(stage: CaseStage, options: Parameters<typeof deployment>[1] = {}): Promise<void> {
  await stage.apply(deployment('web', { node: stage.kubelet.node, ...options }));
  await stage.pods('web', options.replicas ?? 1, podStatus([READY]));
  await stage.condition('Deployment', 'web', 'Available', 'True');
}

const autoscaler = (name: string, target: string) => ({
  kind: 'HorizontalPodAutoscaler',
  metadata: { name },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
    minReplicas: 1,
    maxReplicas: 3,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
  },
});

export const WORKLOAD_CASES: readonly DiagnosisCase[] = [
  {
    name: 'a Deployment is paused with a new template',
    ask: 'Deployment/web',
    expected: ['deployment-paused'],
    make: async (stage) => {
      await ready(stage);
      await stage.apply(
        deployment('web', { node: stage.kubelet.node, container: { image: 'shop:v2' }, more: { paused: true } }),
      );
      await stage.until(
        'Deployment',
        'web',
        ({ status }) => (status as { updatedReplicas?: number }).updatedReplicas === undefined,
      );
    },
  },
  {
    name: 'a Deployment exceeds its progress deadline, and nothing says why',
    ask: 'Deployment/web',
    expected: ['progress-deadline'],
    make: async (stage) => {
      await stage.apply(deployment('web', { node: stage.kubelet.node, more: { progressDeadlineSeconds: 1 } }));
      await stage.pods('web', 1, podStatus([{ ...READY, ready: false }], { phase: 'Running' }));
      // A change of the counts is progress. After the last one the condition stays.
      await stage.until(
        'Deployment',
        'web',
        ({ status }) => (status as { replicas?: number } | undefined)?.replicas === 1,
      );
      await stage.condition('Deployment', 'web', 'Progressing', 'False', 'ProgressDeadlineExceeded');
    },
  },
  {
    name: 'an autoscaler gets no metrics',
    ask: 'HorizontalPodAutoscaler/web',
    expected: ['metrics-missing'],
    make: async (stage) => {
      await ready(stage, { container: { resources: { requests: { cpu: '1m' } } } });
      await stage.apply(autoscaler('web', 'web'));
      await stage.condition('HorizontalPodAutoscaler', 'web', 'ScalingActive', 'False');
    },
  },
  {
    name: 'an autoscaler scales a workload that does not exist',
    ask: 'HorizontalPodAutoscaler/web',
    expected: ['autoscaler-target-missing'],
    make: async (stage) => {
      await stage.apply(autoscaler('web', 'wbe'));
      await stage.condition('HorizontalPodAutoscaler', 'web', 'AbleToScale', 'False');
    },
  },
  {
    name: 'a disruption budget never allows an eviction',
    ask: 'PodDisruptionBudget/web',
    expected: ['budget-forbids-every-eviction'],
    make: async (stage) => {
      await ready(stage);
      const spec = { minAvailable: 1, selector: { matchLabels: { app: 'web' } } };
      await stage.apply({ kind: 'PodDisruptionBudget', metadata: { name: 'web' }, spec });
      const counted = ({ status }: { status?: unknown }) =>
        (status as { currentHealthy?: number } | undefined)?.currentHealthy === 1;
      await stage.until('PodDisruptionBudget', 'web', counted);
    },
  },
  {
    name: 'the pods of a Job fail until its limit',
    ask: 'Job/import',
    expected: ['container-failed'],
    make: async (stage) => {
      await stage.apply(job('import', { node: stage.kubelet.node, more: { backoffLimit: 0 } }));
      const status = podStatus([{ state: terminated(3) }], { phase: 'Failed' });
      const [pod] = await stage.pods('import', 1, status);
      stage.kubelet.logs.set(`${stage.namespace}/${pod ? metaOf(pod).name : ''}/app`, 'cannot open orders.csv\n');
      await stage.condition('Job', 'import', 'Failed', 'True', 'BackoffLimitExceeded');
    },
  },
  {
    name: 'a Job is over its deadline',
    ask: 'Job/import',
    expected: ['job-deadline'],
    make: async (stage) => {
      await stage.apply(job('import', { node: stage.kubelet.node, more: { activeDeadlineSeconds: 1 } }));
      await stage.condition('Job', 'import', 'Failed', 'True', 'DeadlineExceeded');
    },
  },
  {
    name: 'a CronJob is suspended',
    ask: 'CronJob/nightly',
    expected: ['job-suspended'],
    make: (stage) => {
      const jobTemplate = { spec: job('nightly')['spec'] };
      const spec = { schedule: '0 1 * * *', suspend: true, jobTemplate };
      return stage.apply({ kind: 'CronJob', metadata: { name: 'nightly' }, spec });
    },
  },
  {
    name: 'a Rollout waits at a pause',
    ask: 'Rollout/web',
    expected: ['rollout-paused'],
    make: async (stage) => {
      await stage.apply(rollout(stage, 'shop:v1'));
      await stage.pods('web', 1, podStatus([READY]));
      await phase(stage, 'Healthy');
      await stage.apply(rollout(stage, 'shop:v2'));
      await phase(stage, 'Paused');
    },
  },
  {
    name: 'a Rollout was aborted',
    ask: 'Rollout/web',
    expected: ['rollout-aborted'],
    make: async (stage) => {
      await stage.apply(rollout(stage, 'shop:v1'));
      await stage.pods('web', 1, podStatus([READY]));
      await phase(stage, 'Healthy');
      await stage.apply(rollout(stage, 'shop:v2'));
      await phase(stage, 'Paused');
      await stage.status('Rollout', 'web', { abort: true });
      await phase(stage, 'Degraded');
    },
  },
  {
    name: 'a Rollout is not valid',
    ask: 'Rollout/web',
    expected: ['rollout-invalid'],
    make: async (stage) => {
      const { spec } = rollout(stage, 'shop:v1') as { spec: object };
      const strategy = { canary: { steps: [{ setWeight: 50, pause: {} }] } };
      await stage.apply({ kind: 'Rollout', metadata: { name: 'web' }, spec: { ...spec, strategy } });
      await stage.condition('Rollout', 'web', 'InvalidSpec', 'True');
    },
  },
  {
    name: 'a StatefulSet waits for somebody to delete its pod',
    ask: 'StatefulSet/db',
    expected: ['update-on-delete'],
    make: async (stage) => {
      const set = (image: string) =>
        statefulSet('db', {
          node: stage.kubelet.node,
          container: { image },
          more: { updateStrategy: { type: 'OnDelete' } },
        });
      await stage.apply(set('shop:v1'));
      await stage.pods('db', 1, podStatus([READY]));
      await stage.until(
        'StatefulSet',
        'db',
        ({ status }) => (status as { readyReplicas?: number }).readyReplicas === 1,
      );
      await stage.apply(set('shop:v2'));
      const revisions = ({ status }: { status?: unknown }) => (status ?? {}) as Readonly<Record<string, string>>;
      await stage.until(
        'StatefulSet',
        'db',
        (one) => revisions(one)['currentRevision'] !== revisions(one)['updateRevision'],
      );
    },
  },
  {
    name: 'two workloads of a namespace fail for different reasons',
    ask: 'namespace',
    expected: ['config-map-missing', 'deployment-paused'],
    make: async (stage) => {
      await ready(stage);
      await stage.apply(
        deployment('web', { node: stage.kubelet.node, container: { image: 'shop:v2' }, more: { paused: true } }),
        deployment('api', { node: stage.kubelet.node }),
      );
      const state = waiting('CreateContainerConfigError', 'configmap "api-settings" not found');
      await stage.pods('api', 1, podStatus([{ state }]));
      await stage.until(
        'Deployment',
        'web',
        ({ status }) => (status as { updatedReplicas?: number }).updatedReplicas === undefined,
      );
    },
  },
];

function rollout(stage: CaseStage, image: string) {
  const { spec } = deployment('web', { node: stage.kubelet.node, container: { image } }) as unknown as { spec: object };
  const strategy = { canary: { steps: [{ setWeight: 0 }, { pause: {} }] } };
  return { kind: 'Rollout', metadata: { name: 'web' }, spec: { ...spec, strategy } };
}

async function phase(stage: CaseStage, wanted: string): Promise<void> {
  await stage.until('Rollout', 'web', ({ status }) => (status as { phase?: string } | undefined)?.phase === wanted);
}
