import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { metaOf, textAt } from '../../src/domain/cluster-objects/api-object.ts';
import { createAccount, type Account } from '../support/cluster-accounts.ts';
import { configMap, FluxStage, GIT_REPOSITORY, KUSTOMIZATION } from '../support/flux-stage.ts';
import { sharedFlux } from '../support/sandbox.ts';

// The controllers may have to be built.
jest.setTimeout(240_000);

type Answer = Readonly<Record<string, unknown>>;
let stage: FluxStage;
let writer: Account;
let commit: string;

beforeAll(async () => {
  stage = new FluxStage(await sharedFlux());
  await stage.open();
  const user = `flux-writer-${Date.now().toString(36).slice(-5)}`;
  const roles = ['sluice-reader', 'sluice-kubernetes-reader', 'sluice-flux-reader', 'sluice-flux-writer'];
  writer = await createAccount(stage.objects.client, stage.objects.sandbox.kubeconfig, user, roles);
  commit = await stage.push({ 'settings.yaml': configMap('settings', { color: 'blue' }) }, 'the first settings');
  await stage.repository('apps');
  await stage.kustomization('apps');
}, 1_500_000);

afterAll(async () => {
  await writer.close();
  await stage.close();
}, 60_000);

/** A call with the rights of the roles for these tools only. */
const call = async (tool: string, input: object = {}): Promise<Answer> =>
  (await stage.objects.call(
    tool,
    { namespace: stage.namespace, ...input },
    { SLUICE_KUBECONFIG: writer.kubeconfig },
  )) as unknown as Answer;
const apps = { kind: 'ks', name: 'apps' };

/** Plans a change and carries it out. */
async function change(action: string, input: object): Promise<Answer> {
  const { digest } = await call('flux_plan', { action, ...input });
  return call(`flux_${action}`, { ...input, digest });
}

test('what is pushed is applied, and is traced back to its commit', async () => {
  const source = await stage.until(GIT_REPOSITORY, 'apps', 'True');
  await stage.until(KUSTOMIZATION, 'apps', 'True');

  expect(textAt(source, 'status', 'artifact', 'revision')).toBe(`main@sha1:${commit}`);
  expect(await stage.configMap('settings')).toMatchObject({ data: { color: 'blue' } });
  expect(await call('flux_trace', { kind: 'configmaps', name: 'settings' })).toMatchObject({
    managed: true,
    how: 'Its labels name it, and the inventory lists the object.',
    chain: [
      { step: 'object', object: `ConfigMap ${stage.namespace}/settings` },
      { step: 'reconciler', object: `Kustomization ${stage.namespace}/apps`, state: 'ready', commit },
      { step: 'source', state: 'ready', url: stage.url, ref: 'branch main', commit },
    ],
  });
  expect(await call('flux_trace', { kind: 'gitrepositories', name: 'apps' })).toMatchObject({
    used_by: [`Kustomization ${stage.namespace}/apps`],
  });
});

test('a push is applied by a reconciliation with its source, which is proved', async () => {
  commit = await stage.push({ 'settings.yaml': configMap('settings', { color: 'green' }) }, 'green');

  expect(await change('reconcile', { ...apps, with_source: true, wait: '1m' })).toMatchObject({
    changed: true,
    effective: 'proved',
    reason: expect.stringContaining(
      `Kustomization ${stage.namespace}/apps has handled the request and is ready at main@sha1:${commit}`,
    ),
  });
  expect(await stage.configMap('settings')).toMatchObject({ data: { color: 'green' } });
  expect(await call('flux_get', apps)).toMatchObject({
    state: 'ready',
    current: true,
    revision: `main@sha1:${commit}`,
    revision_at: expect.stringMatching(/^20/),
    inventory: [`ConfigMap ${stage.namespace}/settings`],
    history: expect.arrayContaining([expect.objectContaining({ lastReconciledStatus: 'ReconciliationSucceeded' })]),
  });
});

test('a bad manifest is not ready with the reason, at once and in lists', async () => {
  await stage.push(
    { 'bad.yaml': JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Bad_Name' } }) },
    'bad',
  );

  const answer = await change('reconcile', { ...apps, with_source: true, wait: '1m' });

  expect(answer).toMatchObject({ changed: true, effective: 'pending' });
  expect(answer['reason']).toMatch(/has handled the request and is not ready: \w+: .*Bad_Name/s);
  expect(await call('flux_list', { state: 'failing' })).toMatchObject({
    total: 1,
    rows: [
      [
        'Kustomization',
        stage.namespace,
        'apps',
        'not ready',
        `main@sha1:${commit.slice(0, 12)}`,
        expect.anything(),
        expect.stringContaining('Bad_Name'),
      ],
    ],
  });
  expect(await call('flux_events', { ...apps, type: 'Warning' })).toMatchObject({
    events: expect.arrayContaining([expect.objectContaining({ message: expect.stringContaining('Bad_Name') })]),
  });
});

test('a suspension keeps a change away until it ends', async () => {
  expect(await change('suspend', { ...apps, reason: 'a repair', expires_in: '2h' })).toMatchObject({
    changed: true,
    effective: 'proved',
  });
  expect(await call('flux_get', apps)).toMatchObject({
    state: 'suspended',
    suspension: { by: 'test', reason: 'a repair' },
  });
  await expect(call('flux_plan', { action: 'reconcile', ...apps })).rejects.toMatchObject({ code: 'NOT_APPLICABLE' });
  commit = await stage.push({ 'bad.yaml': '' }, 'repaired');
  expect(await change('reconcile', { kind: 'gitrepo', name: 'apps', wait: '1m' })).toMatchObject({
    effective: 'proved',
    reason: expect.stringContaining(commit),
  });

  expect(await change('resume', { ...apps, wait: '1m' })).toMatchObject({
    changed: true,
    effective: 'proved',
    reason: expect.stringContaining(`ready at main@sha1:${commit}`),
  });
  const { annotations = {} } = metaOf(await stage.read(KUSTOMIZATION, 'apps'));
  expect(Object.keys(annotations).filter((key) => key.startsWith('sluice.dev/'))).toEqual([]);
});

test('the graph shows a dependency, a missing source and a cycle, which Flux does not name', async () => {
  const gone = { sourceRef: { kind: 'GitRepository', name: 'gone' } };
  await stage.kustomization('first', { dependsOn: [{ name: 'second' }] });
  await stage.kustomization('second', { ...gone, dependsOn: [{ name: 'first' }] });
  await stage.until(KUSTOMIZATION, 'first', 'False');

  const key = (name: string) => `Kustomization/${stage.namespace}/${name}`;
  expect(await call('flux_graph')).toMatchObject({
    nodes: expect.arrayContaining([
      { id: key('apps'), state: 'ready' },
      { id: `GitRepository/${stage.namespace}/gone`, state: 'missing' },
    ]),
    cycles: [[key('first'), key('second'), key('first')]],
  });
});

test('kinds without a controller here are listed, and have no state', async () => {
  await stage.objects.client.apply(
    stage.objects.ref(
      {
        ...GIT_REPOSITORY,
        name: 'Alert',
        group: 'notification.toolkit.fluxcd.io',
        version: 'v1beta3',
        plural: 'alerts',
      },
      'chat',
    ),
    {
      apiVersion: 'notification.toolkit.fluxcd.io/v1beta3',
      kind: 'Alert',
      metadata: { name: 'chat', namespace: stage.namespace },
      spec: { providerRef: { name: 'chat' }, eventSources: [{ kind: 'Kustomization', name: '*' }] },
    },
    { fieldManager: 'test' },
  );

  expect(await call('flux_list', { kind: 'alerts' })).toMatchObject({ counts: { none: 1 } });
  expect(await change('suspend', { kind: 'alerts', name: 'chat', reason: 'too loud' })).toMatchObject({
    effective: 'proved',
  });
  const logs = call('flux_logs', { controller: 'kustomize-controller' });
  await expect(logs).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
});
