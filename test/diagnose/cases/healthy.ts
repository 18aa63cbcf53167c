import { metaOf } from '../../../src/domain/cluster-objects/api-object.ts';
import type { DiagnosisCase } from '../../support/diagnosis/case.ts';
import type { CaseStage } from '../../support/diagnosis/case-stage.ts';
import { crashing, podStatus, READY, terminated } from '../../support/diagnosis/kubelet.ts';
import { claim, deployment, job, service } from '../../support/diagnosis/manifests.ts';

async function ready(stage: CaseStage, options: Parameters<typeof deployment>[1] = {}): Promise<void> {
  await stage.apply(deployment('web', { node: stage.kubelet.node, ...options }));
  await stage.pods('web', options.replicas ?? 1, podStatus([READY]));
  await stage.condition('Deployment', 'web', 'Available', 'True');
}

/** Nothing is wrong, although something looks as if it were. */
export const HEALTHY_CASES: readonly DiagnosisCase[] = [
  {
    name: 'a workload and its Service are as they should be',
    ask: 'namespace',
    expected: [],
    make: async (stage) => {
      await ready(stage, { replicas: 2, container: { ports: [{ name: 'http', containerPort: 8080 }] } });
      await stage.apply(service('web', { app: 'web' }, [{ port: 80, targetPort: 'http' }]));
    },
  },
  {
    name: 'a pod crashed, and is ready now',
    ask: 'Deployment/web',
    expected: [],
    make: async (stage) => {
      await stage.apply(deployment('web', { node: stage.kubelet.node }));
      const [pod] = await stage.pods(
        'web',
        1,
        podStatus([{ ...READY, restartCount: 7, lastState: terminated(137, 'OOMKilled') }]),
      );
      if (pod) await stage.event(pod, 'BackOff', 'Back-off restarting failed container app in pod web');
      if (pod) await stage.event(pod, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503');
      await stage.condition('Deployment', 'web', 'Available', 'True');
    },
  },
  {
    name: 'a Deployment is scaled to zero',
    ask: 'Deployment/web',
    expected: [],
    make: async (stage) => {
      await stage.apply(deployment('web', { replicas: 0 }));
      await stage.condition('Deployment', 'web', 'Available', 'True');
    },
  },
  {
    name: 'a Deployment is paused, and nothing waits',
    ask: 'Deployment/web',
    expected: [],
    make: async (stage) => {
      await ready(stage);
      await stage.patch('Deployment', 'web', { spec: { paused: true } });
    },
  },
  {
    name: 'a Job is complete',
    ask: 'Job/import',
    expected: [],
    make: async (stage) => {
      await stage.apply(job('import', { node: stage.kubelet.node }));
      await stage.pods('import', 1, podStatus([{ state: terminated(0, 'Completed') }], { phase: 'Succeeded' }));
      await stage.condition('Job', 'import', 'Complete', 'True');
    },
  },
  {
    name: 'a pod that crashed is being replaced',
    ask: 'Service/web',
    expected: [],
    make: async (stage) => {
      await ready(stage, { labels: { tier: 'front' } });
      await stage.apply(service('web', { tier: 'front' }));
      const old = {
        kind: 'Pod',
        metadata: { name: 'old', labels: { tier: 'front' }, finalizers: ['example.com/drain'] },
      };
      const spec = {
        nodeName: stage.kubelet.node,
        containers: [{ name: 'app', image: 'shop:v1' }],
        terminationGracePeriodSeconds: 0,
      };
      await stage.apply({ ...old, spec });
      await stage.status('Pod', 'old', podStatus([crashing(1)]));
      await stage.remove('Pod', 'old');
    },
  },
  {
    name: 'a claim waits for its first pod',
    ask: 'PersistentVolumeClaim/data',
    expected: [],
    make: async (stage) => {
      const name = `late-${stage.namespace}`;
      const volume = { provisioner: 'example.com/disks', volumeBindingMode: 'WaitForFirstConsumer' };
      await stage.apply(
        { kind: 'StorageClass', metadata: { name }, ...volume },
        claim('data', { storageClassName: name }),
      );
      await stage.untilEvent('WaitForFirstConsumer');
    },
  },
  {
    name: 'what Flux applies is as it should be',
    ask: 'Kustomization/apps',
    expected: [],
    make: async (stage) => {
      const base = { interval: '1h', url: stage.gitUrl, ref: { branch: 'main' } };
      await stage.apply({ kind: 'GitRepository', metadata: { name: 'apps' }, spec: base });
      const sourceRef = { kind: 'GitRepository', name: 'apps' };
      const spec = { interval: '1h', prune: true, path: './good', targetNamespace: stage.namespace, sourceRef };
      await stage.apply({ kind: 'Kustomization', metadata: { name: 'apps' }, spec });
      await stage.condition('Kustomization', 'apps', 'Ready', 'True');
    },
  },
  {
    name: 'a Service belongs to something outside of the cluster',
    ask: 'Service/db',
    expected: [],
    make: (stage) =>
      stage.apply({
        kind: 'Service',
        metadata: { name: 'db' },
        spec: { type: 'ExternalName', externalName: 'db.example.com' },
      }),
  },
  {
    name: 'a pod has just been started',
    ask: 'Deployment/web',
    expected: [],
    make: async (stage) => {
      await stage.apply(deployment('web', { node: stage.kubelet.node }));
      const [pod] = await stage.pods('web', 1, podStatus([{ state: { waiting: { reason: 'ContainerCreating' } } }]));
      if (!pod || metaOf(pod).name === '') throw new Error('there is no pod');
    },
  },
];
