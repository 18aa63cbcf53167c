import type { CaseStage } from './case-stage.ts';

/** A GitRepository of the stage's repository, when its controller has looked at it. */
export async function source(stage: CaseStage, spec: object = {}, ready = true): Promise<void> {
  const base = { interval: '1h', url: stage.gitUrl, ref: { branch: 'main' }, timeout: '10s' };
  await stage.apply({ kind: 'GitRepository', metadata: { name: 'apps' }, spec: { ...base, ...spec } });
  await stage.condition('GitRepository', 'apps', 'Ready', ready ? 'True' : 'False');
}

/** A Kustomization of that source. */
export async function kustomization(stage: CaseStage, name: string, spec: object): Promise<void> {
  const sourceRef = { kind: 'GitRepository', name: 'apps' };
  const base = { interval: '1h', retryInterval: '1h', prune: true, path: './good', sourceRef };
  const targetNamespace = stage.namespace;
  await stage.apply({ kind: 'Kustomization', metadata: { name }, spec: { ...base, targetNamespace, ...spec } });
}

/** A Kustomization that fails although its source is ready. */
export async function failing(stage: CaseStage, spec: object, reason?: string): Promise<void> {
  await source(stage);
  await kustomization(stage, 'apps', spec);
  await stage.condition('Kustomization', 'apps', 'Ready', 'False', reason);
}
