import type { DiagnosisCase } from '../../support/diagnosis/case.ts';
import type { CaseStage } from '../../support/diagnosis/case-stage.ts';
import { podStatus, READY } from '../../support/diagnosis/kubelet.ts';
import { claim, deployment, mounting, template } from '../../support/diagnosis/manifests.ts';

const HOUR = 3_600_000;

async function deleted(stage: CaseStage, kind: string, name: string): Promise<void> {
  await stage.remove(kind, name);
  await stage.until(kind, name, ({ metadata }) => 'deletionTimestamp' in (metadata as object));
}

const kept = (name: string) => ({
  kind: 'ConfigMap',
  metadata: { name, finalizers: ['example.com/backup'] },
  data: {},
});

export const OBJECT_CASES: readonly DiagnosisCase[] = [
  {
    name: 'a finalizer keeps an object',
    ask: 'ConfigMap/settings',
    expected: ['finalizer-stuck'],
    later: HOUR,
    make: async (stage) => {
      await stage.apply(kept('settings'));
      await deleted(stage, 'ConfigMap', 'settings');
    },
  },
  {
    name: 'a finalizer keeps a whole namespace',
    ask: 'namespace',
    expected: ['finalizer-stuck'],
    later: HOUR,
    make: async (stage) => {
      await stage.apply(kept('settings'));
      await stage.remove('Namespace', stage.namespace);
      await stage.condition('Namespace', stage.namespace, 'NamespaceFinalizersRemaining', 'True');
    },
  },
  {
    name: 'a pod uses a claim that is being deleted',
    ask: 'PersistentVolumeClaim/data',
    expected: ['claim-in-use'],
    later: HOUR,
    make: async (stage) => {
      const { metadata, spec } = template('web', { node: stage.kubelet.node, spec: mounting('data') });
      await stage.apply(claim('data'), { kind: 'Pod', metadata: { name: 'web', ...metadata }, spec });
      await stage.status('Pod', 'web', podStatus([READY]));
      await deleted(stage, 'PersistentVolumeClaim', 'data');
    },
  },
  {
    name: 'an autoscaler and a GitOps tool set the number of pods',
    ask: 'Deployment/web',
    // The sandbox has no metrics either.
    expected: ['metrics-missing', 'replicas-owned-twice'],
    make: async (stage) => {
      const manifest = deployment('web', { node: stage.kubelet.node });
      await stage.apply({ ...manifest, metadata: { name: 'web', manager: 'kustomize-controller' } });
      await stage.pods('web', 1, podStatus([READY]));
      await stage.condition('Deployment', 'web', 'Available', 'True');
      const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
      const type = 'External';
      const metrics = [{ type, external: { metric: { name: 'queue' }, target: { type: 'Value', value: '30' } } }];
      const spec = { scaleTargetRef, minReplicas: 1, maxReplicas: 5, metrics };
      await stage.apply({ kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec });
      await stage.condition('HorizontalPodAutoscaler', 'web', 'ScalingActive', 'False');
    },
  },
  {
    name: 'Flux and Helm write the same object',
    ask: 'Deployment/web',
    expected: ['two-owners'],
    make: async (stage) => {
      const metadata = {
        name: 'web',
        labels: {
          'kustomize.toolkit.fluxcd.io/name': 'apps',
          'kustomize.toolkit.fluxcd.io/namespace': 'flux-elsewhere',
        },
        annotations: { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' },
      };
      await stage.apply({ ...deployment('web', { node: stage.kubelet.node }), metadata });
      await stage.pods('web', 1, podStatus([READY]));
      await stage.condition('Deployment', 'web', 'Available', 'True');
    },
  },
];
