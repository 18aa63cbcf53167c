import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { actingIn } from '../../../src/adapters/helm/acting.ts';
import { createProgram } from '../../../src/adapters/helm/program.ts';
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

test('with neither a kubeconfig nor a service account it is not started', async () => {
  seen.length = 0;
  const elsewhere = writeKubeconfig({ other: 'http://127.0.0.1:9' });
  await expect(actingAs(ADA, () => status(elsewhere, 'in-cluster'))).rejects.toMatchObject({
    ...{ code: 'NOT_APPLICABLE', message: expect.stringContaining('oidc:ada') },
  });
  expect(seen).toEqual([]);
});

test('in a pod the program gets the address, the CA and the token of the service account', () => {
  const folder = mkdtempSync(join(tmpdir(), 'service-account-'));
  writeFileSync(join(folder, 'token'), 'secret\n');
  const pod = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  expect(actingAs(ADA, () => actingIn(false, pod, folder))).toEqual({
    flags: ['--kube-as-user=oidc:ada --all', '--kube-as-group=oidc:dev', '--kube-as-group=oidc:ops'],
    variables: {
      HELM_KUBEAPISERVER: 'https://[fd00::1]:443',
      HELM_KUBECAFILE: join(folder, 'ca.crt'),
      HELM_KUBETOKEN: 'secret',
    },
  });
  expect(actingIn(false, pod, folder)).toEqual({ flags: [] });
  rmSync(folder, { recursive: true });
});

test('variables of a run are for this run alone', async () => {
  const program = createProgram(process.execPath, { PATH: process.env['PATH'] });
  const args = ['-p', 'process.env.HELM_KUBETOKEN'];
  const run = async (variables?: Record<string, string>) =>
    (await program({ args, cwd: '/', ...calling, timeoutMs: 30_000, ...(variables && { variables }) })).stdout.trim();
  expect([await run({ HELM_KUBETOKEN: 'secret' }), await run()]).toEqual(['secret', 'undefined']);
});
