import type { DiagnosisCase } from '../../support/diagnosis/case.ts';
import type { CaseStage } from '../../support/diagnosis/case-stage.ts';
import { claim, deployment, mounting, template } from '../../support/diagnosis/manifests.ts';
import { recordsAt } from '../../../src/domain/cluster-objects/api-object.ts';
import { eventually } from '../../support/releases-wait.ts';

/** The real scheduler looks at the pod and says why it finds no node. */
async function unscheduled(stage: CaseStage, options: Parameters<typeof deployment>[1]): Promise<void> {
  await stage.apply(deployment('web', options));
  await eventually('the scheduler has looked at the pod', async () => {
    const [pod] = await stage.list('Pod', 'app=web');
    return recordsAt(pod, 'status', 'conditions').find(({ reason }) => reason === 'Unschedulable');
  });
}

/** A pod that no scheduler of the sandbox takes, with what a scheduler of another cluster has written. */
async function written(stage: CaseStage, message: string, spec: object = {}): Promise<void> {
  await stage.apply(deployment('web', { spec: { schedulerName: 'elsewhere', ...spec } }));
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
  await stage.pods('web', 1, { phase: 'Pending', conditions: [condition] });
}

export const SCHEDULING_CASES: readonly DiagnosisCase[] = [
  {
    name: 'the pod requests more than a node has',
    ask: 'Deployment/web',
    expected: ['unschedulable-resources'],
    make: (stage) => unscheduled(stage, { container: { resources: { requests: { cpu: '100000' } } } }),
  },
  {
    name: 'no node has the label',
    ask: 'Deployment/web',
    expected: ['unschedulable-affinity'],
    make: (stage) => unscheduled(stage, { spec: { nodeSelector: { disk: 'fast' } } }),
  },
  {
    name: 'every node has a taint',
    ask: 'Deployment/web',
    expected: ['unschedulable-taint'],
    make: (stage) =>
      written(
        stage,
        '0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: gpu}. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
      ),
  },
  {
    name: 'the claim of the pod does not exist',
    ask: 'Deployment/web',
    expected: ['claim-missing'],
    make: (stage) => unscheduled(stage, { spec: mounting('web-data') }),
  },
  {
    name: 'the StorageClass of the claim does not exist',
    ask: 'Deployment/web',
    expected: ['storage-class-missing'],
    make: async (stage) => {
      await stage.apply(claim('web-data', { storageClassName: 'no-such-class' }));
      await unscheduled(stage, { spec: mounting('web-data') });
      await stage.untilEvent('ProvisioningFailed');
    },
  },
  {
    name: 'there is no volume for a claim without a class',
    ask: 'PersistentVolumeClaim/data',
    expected: ['claim-no-volume'],
    make: async (stage) => {
      await stage.apply(claim('data', { storageClassName: '' }));
      await stage.untilEvent('FailedBinding');
    },
  },
  {
    name: 'pods of the same application must be on different nodes',
    ask: 'Deployment/web',
    expected: ['unschedulable-pod-affinity'],
    make: (stage) =>
      written(
        stage,
        "0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 node(s) didn't match pod anti-affinity rules. preemption: 0/3 nodes are available.",
      ),
  },
  {
    name: 'a bare pod waits for a node',
    ask: 'namespace',
    expected: ['unschedulable-resources'],
    make: async (stage) => {
      const { metadata, spec } = template('web', { container: { resources: { requests: { memory: '900Ti' } } } });
      await stage.apply({ kind: 'Pod', metadata: { name: 'web', ...metadata }, spec });
      await stage.condition('Pod', 'web', 'PodScheduled', 'False', 'Unschedulable');
    },
  },
];
