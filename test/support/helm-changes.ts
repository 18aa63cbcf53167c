import { beforeEach } from '@jest/globals';
import { FakeHelm } from './fake-helm.ts';
import { KubernetesStage, refOf } from './kubernetes-stage.ts';

export let stage: KubernetesStage;
export let helm: FakeHelm;

export const WEB = { namespace: 'shop', name: 'web' };
export const CHART = { chart: './charts/web' };
export const deployment = refOf('deployments', 'shop', 'web');

/** Each test of the file gets a new cluster and a new program. */
export function freshHelm(): void {
  beforeEach(() => {
    stage = new KubernetesStage();
    helm = new FakeHelm(stage.cluster);
    stage.helm = helm.port();
    stage.add('configmaps', 'shop', 'other');
  });
}

export const plan = (action: string, input: object) => stage.call('helm_plan', { action, ...WEB, ...input });
export const write = (action: string, input: object, digest: unknown) =>
  stage.call(`helm_${action}`, { ...WEB, ...input, digest, ...(action === 'unlock' ? {} : { timeout_seconds: 0 }) });
export async function change(action: string, input: object, more: object = {}) {
  const { digest } = await plan(action, input);
  return write(action, { ...input, ...more }, digest);
}
export const image = () =>
  (stage.cluster.peek(deployment).spec as { template: { spec: { containers: [{ image: string }] } } }).template.spec
    .containers[0].image;
export const writes = () =>
  helm.runs.filter(
    (args) =>
      ['install', 'upgrade', 'rollback', 'uninstall', 'test'].includes(args[0] ?? '') &&
      !args.includes('--dry-run=server'),
  );
