import { expect, test } from '@jest/globals';
import { HelmRunner } from '../../../src/adapters/helm/runner.ts';
import { actingAs } from '../../../src/ports/acting-account.ts';
import { writeKubeconfig } from '../../support/kubeconfig.ts';

const ADA = { user: 'oidc:ada --all', groups: ['oidc:dev', 'oidc:ops'] };
const seen: (readonly string[])[] = [];
const found = async () => ({
  version: '4.0.0',
  run: async ({ args }: { args: readonly string[] }) => {
    seen.push(args);
    return { code: 0, stdout: '', stderr: '' };
  },
});
const calling = { signal: new AbortController().signal, timeoutMs: 1_000 };
const status = (kubeconfig: string | undefined, cluster = 'test') =>
  new HelmRunner(found, kubeconfig).run(
    {
      what: 'status',
      cwd: '/',
      command: ['status'],
      positional: ['web'],
      at: { cluster, namespace: 'shop', name: 'web' },
    },
    calling,
  );

test('the program acts for the caller, each name in one argument', async () => {
  const kubeconfig = writeKubeconfig({ test: 'http://127.0.0.1:9' });
  await actingAs(ADA, () => status(kubeconfig));
  await status(kubeconfig);
  const place = ['--kube-context=test', '--namespace=shop'];
  const acting = ['--kube-as-user=oidc:ada --all', '--kube-as-group=oidc:dev', '--kube-as-group=oidc:ops'];
  expect(seen).toEqual([
    ['status', ...place, ...acting, '--', 'web'],
    ['status', ...place, '--', 'web'],
  ]);
});

test('without a kubeconfig it would not find the cluster of its pod, so it is not started', async () => {
  seen.length = 0;
  await expect(
    actingAs(ADA, () => status(writeKubeconfig({ other: 'http://127.0.0.1:9' }), 'in-cluster')),
  ).rejects.toMatchObject({
    ...{ code: 'NOT_APPLICABLE', message: expect.stringContaining('oidc:ada') },
  });
  expect(seen).toEqual([]);
});
