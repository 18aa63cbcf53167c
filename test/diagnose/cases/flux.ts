import type { DiagnosisCase } from '../../support/diagnosis/case.ts';
import type { CaseStage } from '../../support/diagnosis/case-stage.ts';
import { failing, kustomization, source } from '../../support/diagnosis/flux-objects.ts';
import { crashing, podStatus, waiting } from '../../support/diagnosis/kubelet.ts';
import { deployment } from '../../support/diagnosis/manifests.ts';

const configMap = (name: string) => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const broken = { ...deployment('web'), spec: { ...(deployment('web')['spec'] as object), replicas: 'two' } };

/** The folders of the repository that the Flux cases read. */
export const FLUX_FILES: Readonly<Record<string, string>> = {
  'good/settings.yaml': configMap('settings'),
  'bad-kustomization/kustomization.yaml':
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: settings.yaml\n',
  'bad-kustomization/settings.yaml': configMap('settings'),
  'missing-resource/kustomization.yaml': 'resources:\n  - settings.yaml\n  - missing.yaml\n',
  'missing-resource/settings.yaml': configMap('settings'),
  'invalid/web.yaml': JSON.stringify({ apiVersion: 'apps/v1', ...broken }),
  'unknown-kind/widget.yaml': JSON.stringify({
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'one' },
  }),
  'workload/web.yaml': JSON.stringify({
    apiVersion: 'apps/v1',
    // Flux does not wait for a Deployment that has exceeded its deadline.
    ...deployment('web', { spec: { schedulerName: 'elsewhere' }, more: { progressDeadlineSeconds: 1 } }),
  }),
};

export const FLUX_CASES: readonly DiagnosisCase[] = [
  {
    name: 'the branch does not exist, seen from the Kustomization',
    ask: 'Kustomization/apps',
    expected: ['git-ref-missing'],
    make: async (stage) => {
      await source(stage, { ref: { branch: 'mian' } }, false);
      await kustomization(stage, 'apps', {});
      await stage.condition('Kustomization', 'apps', 'Ready', 'False');
    },
  },
  {
    name: 'the Secret of the source does not exist',
    ask: 'GitRepository/apps',
    expected: ['source-secret-missing'],
    make: (stage) => source(stage, { secretRef: { name: 'git-token' } }, false),
  },
  {
    name: 'the repository wants a password',
    ask: 'GitRepository/apps',
    expected: ['source-authentication'],
    make: (stage) => source(stage, { url: stage.gitUrl.replace(/[^/]+$/, 'private-shop.git') }, false),
  },
  {
    name: 'the Git server is away',
    ask: 'GitRepository/apps',
    expected: ['source-unreachable'],
    make: (stage) => source(stage, { url: 'http://127.0.0.1:9/shop.git' }, false),
  },
  {
    name: 'the path does not exist',
    ask: 'Kustomization/apps',
    expected: ['path-missing'],
    make: (stage) => failing(stage, { path: './prod' }),
  },
  {
    name: 'the kustomization.yaml is not valid',
    ask: 'Kustomization/apps',
    expected: ['kustomization-invalid'],
    make: (stage) => failing(stage, { path: './bad-kustomization' }, 'BuildFailed'),
  },
  {
    name: 'the kustomization.yaml names a file that does not exist',
    ask: 'Kustomization/apps',
    expected: ['build-failed'],
    make: (stage) => failing(stage, { path: './missing-resource' }, 'BuildFailed'),
  },
  {
    name: 'the API server refuses a manifest',
    ask: 'Kustomization/apps',
    expected: ['manifest-refused'],
    make: (stage) => failing(stage, { path: './invalid' }, 'ReconciliationFailed'),
  },
  {
    name: 'a manifest has a kind that the cluster does not serve',
    ask: 'Kustomization/apps',
    expected: ['kind-not-served'],
    make: (stage) => failing(stage, { path: './unknown-kind' }, 'ReconciliationFailed'),
  },
  {
    name: 'a health check fails, because a pod gets no node',
    ask: 'Kustomization/apps',
    expected: ['unschedulable-resources'],
    make: async (stage) => {
      await source(stage);
      await kustomization(stage, 'apps', { path: './workload', wait: true });
      const message = '0/2 nodes are available: 2 Insufficient memory. preemption: 0/2 nodes are available.';
      const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
      await stage.pods('web', 1, { phase: 'Pending', conditions });
      await stage.condition('Kustomization', 'apps', 'Ready', 'False', 'HealthCheckFailed');
    },
  },
  {
    name: 'a dependency is not ready because of its path',
    ask: 'Kustomization/apps',
    expected: ['path-missing'],
    make: async (stage) => {
      await source(stage);
      await kustomization(stage, 'base', { path: './nowhere' });
      await stage.condition('Kustomization', 'base', 'Ready', 'False');
      await kustomization(stage, 'apps', { dependsOn: [{ name: 'base' }] });
      await stage.condition('Kustomization', 'apps', 'Ready', 'False', 'DependencyNotReady');
    },
  },
  {
    name: 'Kustomizations depend on each other in a circle',
    ask: 'Kustomization/apps',
    expected: ['dependency-cycle'],
    make: async (stage) => {
      await source(stage);
      await kustomization(stage, 'apps', { dependsOn: [{ name: 'base' }] });
      await kustomization(stage, 'base', { dependsOn: [{ name: 'apps' }] });
      await stage.condition('Kustomization', 'apps', 'Ready', 'False', 'DependencyNotReady');
    },
  },
  {
    name: 'a dependency does not exist',
    ask: 'Kustomization/apps',
    expected: ['dependency-missing'],
    make: (stage) => failing(stage, { dependsOn: [{ name: 'bsae' }] }),
  },
  {
    name: 'the Kustomization is suspended',
    ask: 'Kustomization/apps',
    expected: ['flux-suspended'],
    make: async (stage) => {
      await source(stage);
      await kustomization(stage, 'apps', { suspend: true });
    },
  },
  {
    name: 'the Kustomization that applies a Kustomization is suspended',
    ask: 'Kustomization/apps',
    expected: ['flux-suspended'],
    make: async (stage) => {
      await source(stage);
      await kustomization(stage, 'cluster', { suspend: true });
      await kustomization(stage, 'apps', {});
      const group = 'kustomize.toolkit.fluxcd.io';
      const labels = { [`${group}/name`]: 'cluster', [`${group}/namespace`]: stage.namespace };
      await stage.patch('Kustomization', 'apps', { metadata: { labels } });
      await stage.condition('Kustomization', 'apps', 'Ready', 'True');
    },
  },
  {
    name: 'the source does not exist',
    ask: 'Kustomization/apps',
    expected: ['source-ref-missing'],
    make: async (stage) => {
      await kustomization(stage, 'apps', { sourceRef: { kind: 'GitRepository', name: 'app' } });
      await stage.condition('Kustomization', 'apps', 'Ready', 'False');
    },
  },
  {
    name: 'kustomize-controller has not taken an artifact',
    ask: 'Kustomization/apps',
    expected: ['artifact-not-applied'],
    later: 3_600_000,
    make: async (stage) => {
      await source(stage);
      await kustomization(stage, 'apps', {});
      await stage.condition('Kustomization', 'apps', 'Ready', 'True');
      // What a controller that stopped some time ago leaves behind.
      await stage.status('Kustomization', 'apps', {
        lastAttemptedRevision: 'main@sha1:0a',
        lastAppliedRevision: 'main@sha1:0a',
      });
    },
  },
  {
    name: 'a hook of a HelmRelease fails until no retry is left',
    ask: 'HelmRelease/web',
    expected: ['helm-hook-failed'],
    make: (stage) =>
      release(
        stage,
        'UpgradeFailed',
        'Helm upgrade failed for release shop/web with chart web@1.3.0: pre-upgrade hooks failed: 1 error occurred:\n\t* job web-migrate failed: BackoffLimitExceeded',
        'Failed to upgrade after 4 attempt(s)',
      ),
  },
  {
    name: 'an upgrade has no retry left, and its pods are not ready',
    ask: 'HelmRelease/web',
    expected: ['helm-wait-failed'],
    make: (stage) =>
      release(
        stage,
        'UpgradeFailed',
        'Helm upgrade failed for release shop/web with chart web@1.3.0: context deadline exceeded',
        'Failed to upgrade after 4 attempt(s)',
      ),
  },
  {
    name: 'an upgrade waits for a workload of the release, which has no image',
    ask: 'HelmRelease/web',
    expected: ['image-not-found'],
    make: async (stage) => {
      const group = 'helm.toolkit.fluxcd.io';
      const labels = { [`${group}/name`]: 'web', [`${group}/namespace`]: stage.namespace };
      await stage.apply({ ...deployment('web', { node: stage.kubelet.node }), metadata: { name: 'web', labels } });
      const message = 'Back-off pulling image "shop:v1": ErrImagePull: docker.io/library/shop:v1: not found';
      await stage.pods('web', 1, podStatus([{ state: waiting('ImagePullBackOff', message) }]));
      const text = 'Helm upgrade failed for release shop/web with chart web@1.3.0: context deadline exceeded';
      await release(stage, 'UpgradeFailed', text, 'Failed to upgrade after 4 attempt(s)');
    },
  },
  {
    name: 'what a Kustomization has applied crashes, and nothing waits for it',
    ask: 'Kustomization/apps',
    expected: ['crash-loop'],
    make: async (stage) => {
      await source(stage);
      await kustomization(stage, 'apps', { path: './workload' });
      await stage.condition('Kustomization', 'apps', 'Ready', 'True');
      await stage.pods('web', 1, podStatus([crashing(1)]));
    },
  },
];

/** The status that helm-controller writes. It does not run in the sandbox. */
async function release(stage: CaseStage, reason: string, message: string, stalled: string): Promise<void> {
  const lastTransitionTime = new Date().toISOString().replace(/\.\d+Z/, 'Z');
  const condition = (type: string, status: string, why: string, text: string) => ({
    type,
    status,
    reason: why,
    message: text,
    lastTransitionTime,
    observedGeneration: 1,
  });
  // A registry of charts is read when a HelmChart names it. Here helm-controller would make that one.
  const repository = { type: 'oci', interval: '10m', url: 'oci://registry.example.com/charts' };
  const chart = { spec: { chart: 'web', sourceRef: { kind: 'HelmRepository', name: 'shop' } } };
  await stage.apply(
    { kind: 'HelmRepository', metadata: { name: 'shop' }, spec: repository },
    { kind: 'HelmRelease', metadata: { name: 'web' }, spec: { interval: '10m', chart } },
  );
  await stage.status('HelmRelease', 'web', {
    observedGeneration: 1,
    upgradeFailures: 4,
    conditions: [
      condition('Stalled', 'True', 'RetriesExceeded', stalled),
      condition('Ready', 'False', 'RetriesExceeded', stalled),
      condition('Released', 'False', reason, message),
    ],
  });
}
