import type { DiagnosisCase } from '../../support/diagnosis/case.ts';
import type { CaseStage } from '../../support/diagnosis/case-stage.ts';
import { failing, kustomization, source } from '../../support/diagnosis/flux-objects.ts';
import { deployment } from '../../support/diagnosis/manifests.ts';

// As held-out.ts: no rule was changed for one of these.

/** The folders of these cases, beside those of the others. */
export const HELD_OUT_FILES: Readonly<Record<string, string>> = {
  'no-namespace/settings.yaml': JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'not-made-yet' },
  }),
};

const release = (reason: string, message: string) => async (stage: CaseStage) => {
  const lastTransitionTime = '2026-11-01T10:00:00Z';
  const repository = { type: 'oci', interval: '10m', url: 'oci://registry.example.com/charts' };
  const chart = { spec: { chart: 'web', sourceRef: { kind: 'HelmRepository', name: 'shop' } } };
  await stage.apply(
    { kind: 'HelmRepository', metadata: { name: 'shop' }, spec: repository },
    { kind: 'HelmRelease', metadata: { name: 'web' }, spec: { interval: '10m', chart } },
  );
  await stage.status('HelmRelease', 'web', {
    observedGeneration: 1,
    conditions: ['Ready', 'Released'].map((type) => ({ type, status: 'False', reason, message, lastTransitionTime })),
  });
};

export const HELD_OUT_FLUX: readonly DiagnosisCase[] = [
  {
    name: 'no tag fits a semver range',
    ask: 'GitRepository/apps',
    expected: ['git-ref-missing'],
    make: (stage) => source(stage, { ref: { semver: '>=9.0.0' } }, false),
  },
  {
    name: 'a commit does not exist',
    ask: 'GitRepository/apps',
    expected: ['git-ref-missing'],
    make: (stage) => source(stage, { ref: { commit: '0123456789012345678901234567890123456789' } }, false),
  },
  {
    name: 'a repository does not exist',
    ask: 'GitRepository/apps',
    expected: ['source-missing'],
    make: (stage) => source(stage, { url: stage.gitUrl.replace(/[^/]+$/, 'never-pushed.git') }, false),
  },
  {
    name: 'a manifest belongs to a namespace that does not exist',
    ask: 'Kustomization/apps',
    expected: ['namespace-missing'],
    make: (stage) => failing(stage, { path: './no-namespace', targetNamespace: undefined }),
  },
  {
    name: 'a variable comes from a ConfigMap that does not exist',
    ask: 'Kustomization/apps',
    expected: ['flux-substitution'],
    make: (stage) => failing(stage, { postBuild: { substituteFrom: [{ kind: 'ConfigMap', name: 'cluster-vars' }] } }),
  },
  {
    name: 'the selector of a Deployment cannot be changed',
    ask: 'Kustomization/apps',
    expected: ['field-immutable'],
    make: async (stage) => {
      const spec = deployment('other')['spec'] as object;
      await stage.apply({ kind: 'Deployment', metadata: { name: 'web' }, spec: { ...spec, replicas: 0 } });
      await failing(stage, { path: './workload' });
    },
  },
  {
    name: 'a dependency is suspended before it was ever applied',
    ask: 'Kustomization/apps',
    expected: ['flux-suspended'],
    make: async (stage) => {
      await source(stage);
      await kustomization(stage, 'base', { suspend: true });
      await kustomization(stage, 'apps', { dependsOn: [{ name: 'base' }] });
      await stage.condition('Kustomization', 'apps', 'Ready', 'False', 'DependencyNotReady');
    },
  },
  {
    name: 'an earlier operation of Helm locks the release',
    ask: 'HelmRelease/web',
    expected: ['helm-operation-pending'],
    make: release(
      'UpgradeFailed',
      'Helm upgrade failed for release chaos-mesh/chaos-mesh with chart chaos-mesh@2.1.0: another operation (install/upgrade/rollback) is in progress',
    ),
  },
  {
    name: 'a value is missing in a template',
    ask: 'HelmRelease/web',
    expected: ['helm-template-failed'],
    make: release(
      'InstallFailed',
      'Helm install failed for release shop/web with chart web@0.1.0: template: web/templates/deployment.yaml:31:28: executing "web/templates/deployment.yaml" at <.Values.image.tag>: nil pointer evaluating interface {}.tag',
    ),
  },
  {
    name: 'the values of a release come from a Secret that does not exist',
    ask: 'HelmRelease/web',
    expected: ['helm-values-missing'],
    make: release(
      'ValuesError',
      "could not resolve Secret chart values reference 'shop/web-values' with key 'values.yaml': secrets \"web-values\" not found",
    ),
  },
];
