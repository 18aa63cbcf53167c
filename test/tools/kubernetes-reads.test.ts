import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { DEPLOYMENT, SERVICE, type Kind } from '../../src/adapters/kubernetes/kinds.ts';
import { codeOf, ObjectsStage } from '../support/argo-objects-stage.ts';
import { createAccount, type Account } from '../support/cluster-accounts.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// Pods start: seconds.
jest.setTimeout(240_000);

const core = (name: string, plural: string): Kind => ({ name, group: '', version: 'v1', plural, missing: 'INTERNAL' });
let stage: ObjectsStage;
let reader: Account;

beforeAll(async () => {
  stage = new ObjectsStage(await sharedSandbox());
  await stage.open();
  const user = `k8s-reader-${Date.now().toString(36).slice(-5)}`;
  const roles = ['sluice-reader', 'sluice-kubernetes-reader'];
  reader = await createAccount(stage.client, stage.sandbox.kubeconfig, user, roles);
  const labels = { app: 'look' };
  await stage.apply(core('Secret', 'secrets'), 'look', { stringData: { url: 'hunter2' } });
  await stage.apply(SERVICE, 'look', { spec: { selector: labels, ports: [{ port: 80 }] } });
  await stage.apply(DEPLOYMENT, 'look', {
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'app', image: 'shop:v1', env: [{ name: 'API_TOKEN', value: 'hunter2' }] }] },
      },
    },
  });
}, 900_000);

afterAll(async () => {
  await reader.close();
  await stage.close();
}, 60_000);

/** A call with the rights of the role for these tools only. */
const call = async (tool: string, input: object): Promise<Record<string, unknown>> =>
  (await stage.call(tool, input, { SLUICE_KUBECONFIG: reader.kubeconfig })) as unknown as Record<string, unknown>;
const here = () => ({ namespace: stage.namespace });

test('the pods of a Deployment are listed in the columns of kubectl, page by page, and lead back to it', async () => {
  const rows = await eventually('two pods are there', async () => {
    const answer = await call('k8s_list', { ...here(), kind: 'pods', label_selector: 'app=look' });
    return (answer['rows'] as string[][]).length === 2 ? answer : undefined;
  });
  expect(rows).toMatchObject({ kind: 'Pod', columns: expect.arrayContaining(['Ready', 'Status', 'Restarts', 'Age']) });

  const first = await call('k8s_list', { ...here(), kind: 'pods', limit: 1 });
  const second = await call('k8s_list', { ...here(), kind: 'pods', limit: 1, cursor: first['cursor'] });
  expect([first['total'], second['total'], second['cursor']]).toEqual([2, 2, undefined]);

  const [, name = ''] = (first['rows'] as string[][])[0] ?? [];
  const described = await call('k8s_describe', { ...here(), kind: 'pods', name });
  expect(described).toMatchObject({
    owners: [{ kind: 'ReplicaSet' }, { kind: 'Deployment', name: 'look' }],
    referred_by: expect.arrayContaining([expect.objectContaining({ kind: 'Service', how: 'selects it' })]),
  });
  expect(JSON.stringify(described)).not.toContain('hunter2');
});

test('kinds come from the cluster: short names, CRDs, and one that two groups have', async () => {
  expect(await call('k8s_get', { ...here(), kind: 'deploy', name: 'look', field: 'spec.replicas' })).toMatchObject({
    api_version: 'apps/v1',
    object: { value: 2 },
  });
  expect(await call('k8s_list', { ...here(), kind: 'ro' })).toMatchObject({
    api_version: 'argoproj.io/v1alpha1',
    rows: [],
  });
  expect(await call('k8s_list', { ...here(), kind: 'events' })).toMatchObject({ api_version: 'v1' });
  expect(await codeOf(call('k8s_list', { ...here(), kind: 'deploymnets' }))).toBe('UNKNOWN_NAME');
  expect(await call('k8s_api_resources', { contains: 'argoproj.io' })).toMatchObject({
    rows: expect.arrayContaining([expect.arrayContaining(['rollouts', 'Rollout'])]),
  });
});

test('fields are explained by the cluster itself, also those of a CRD', async () => {
  expect(await call('k8s_explain', { kind: 'deployments', field: 'spec.template.spec.containers' })).toMatchObject({
    type: 'list of object',
    fields: expect.arrayContaining([expect.objectContaining({ name: 'name', required: true })]),
  });
  expect(await call('k8s_explain', { kind: 'rollouts', field: 'spec.strategy' })).toMatchObject({
    fields: expect.arrayContaining([expect.objectContaining({ name: 'canary' })]),
  });
});

test('Secrets are outside of the role, and masked for an account that may read them', async () => {
  expect(await codeOf(call('k8s_get', { ...here(), kind: 'secrets', name: 'look' }))).toBe('FORBIDDEN');

  const seen = await stage.call('k8s_get', { ...here(), kind: 'secrets', name: 'look' });
  expect(seen).toMatchObject({ object: { data: { url: '***' } } });
});

test('a diagnosis has all its rights, and finds nothing wrong', async () => {
  const healthy = await eventually('the pods are ready', async () => {
    const answer = await call('k8s_diagnose', { ...here(), kind: 'deploy', name: 'look' });
    return answer['verdict'] === 'no-fault' ? answer : undefined;
  });

  expect(healthy).toMatchObject({ causes: [], not_looked_at: [] });
  expect(await call('k8s_diagnose', here())).toMatchObject({
    verdict: 'no-fault',
    looked_at: expect.arrayContaining(['2 Pods']),
    not_looked_at: [],
  });
});

test('what the cluster does not have is said to be missing', async () => {
  expect(await codeOf(call('k8s_top', here()))).toBe('CRD_MISSING');
  expect(await codeOf(call('k8s_list', { kind: 'pods', namespace: 'no-such-namespace' }))).toBe('NAMESPACE_NOT_FOUND');
  expect(await codeOf(call('k8s_list', { ...here(), kind: 'pods', label_selector: 'a in (' }))).toBe('INVALID_INPUT');
});
