import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import { codeOf, ObjectsStage } from '../support/argo-objects-stage.ts';
import { createAccount, type Account } from '../support/cluster-accounts.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// Pods start: seconds.
jest.setTimeout(240_000);

const NAME = 'change';
const WHICH = { kind: 'deployments', name: NAME };
let stage: ObjectsStage;
let writer: Account;
let reader: Account;

type Answer = Readonly<Record<string, unknown>>;
const by = async ({ kubeconfig }: Account, tool: string, input: object): Promise<Answer> =>
  (await stage.call(
    tool,
    { namespace: stage.namespace, ...input },
    { SLUICE_KUBECONFIG: kubeconfig },
  )) as unknown as Answer;

/** Plans a change and carries it out, with the rights of the roles for these tools only. */
async function change(action: string, input: object, more: object = {}): Promise<Answer> {
  const { digest } = await by(writer, 'k8s_plan', { action, ...input });
  return by(writer, `k8s_${action}`, { ...input, digest, ...more });
}
const complete = () => by(writer, 'k8s_rollout_status', { ...WHICH, timeout_seconds: 60 });
const manifest = (image: string, replicas = 1) =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME },
    spec: {
      replicas,
      selector: { matchLabels: { app: NAME } },
      template: { metadata: { labels: { app: NAME } }, spec: { containers: [{ name: 'app', image }] } },
    },
  });

beforeAll(async () => {
  stage = new ObjectsStage(await sharedSandbox());
  await stage.open();
  const run = Date.now().toString(36).slice(-5);
  const account = (name: string, roles: readonly string[]) =>
    createAccount(stage.client, stage.sandbox.kubeconfig, `k8s-${name}-${run}`, ['sluice-reader', ...roles]);
  writer = await account('writer', ['sluice-kubernetes-reader', 'sluice-kubernetes-writer']);
  reader = await account('reader', ['sluice-kubernetes-reader']);
}, 900_000);

afterAll(async () => {
  await Promise.all([writer.close(), reader.close()]);
  await stage.close();
}, 60_000);

test('a Deployment is created, changed, scaled, restarted, put back and deleted, each by its plan', async () => {
  expect(await change('apply', { manifest: manifest('shop:v1') })).toMatchObject({
    changed: true,
    objects: [{ what: 'create' }],
  });
  expect(await complete()).toMatchObject({ state: 'complete' });
  expect(await change('apply', { manifest: manifest('shop:v1') })).toMatchObject({ changed: false });

  const image = { ...WHICH, image: 'shop:v2' };
  expect(await by(writer, 'k8s_plan', { action: 'set_image', ...image })).toMatchObject({
    objects: [{ changes: [{ path: 'spec.template.spec.containers[app].image', from: 'shop:v1', to: 'shop:v2' }] }],
  });
  expect(await change('set_image', image)).toMatchObject({ changed: true, objects: [{ what: 'change' }] });
  expect(await complete()).toMatchObject({ state: 'complete' });
  expect(await by(writer, 'k8s_rollout_history', WHICH)).toMatchObject({
    revisions: [
      { revision: 2, images: ['shop:v2'] },
      { revision: 1, images: ['shop:v1'] },
    ],
  });

  expect(await by(writer, 'k8s_plan', { action: 'rollout_undo', ...WHICH })).toMatchObject({
    objects: [{ changes: [{ from: 'shop:v2', to: 'shop:v1' }] }],
  });
  expect(await change('rollout_undo', WHICH)).toMatchObject({ changed: true });
  expect(await change('rollout_restart', WHICH)).toMatchObject({ changed: true });
  expect(await change('scale', { ...WHICH, replicas: 2 })).toMatchObject({ changed: true });
  expect(await change('label', { ...WHICH, values: { tier: 'front' } })).toMatchObject({ changed: true });
  expect(await change('patch', { ...WHICH, patch: 'spec: {progressDeadlineSeconds: 300}' })).toMatchObject({
    changed: true,
  });
  expect(await complete()).toMatchObject({ state: 'complete' });

  const gone = await change('delete', WHICH, { confirm: `Deployment ${stage.namespace}/${NAME}` });
  expect(gone).toMatchObject({ changed: true, effective: 'proved' });
});

test('a plan is refused when somebody else has written the object, and by the API server before anything is written', async () => {
  const config = (data: object) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'moved' }, data });
  await change('apply', { manifest: config({ a: '1' }) });
  const { digest } = await by(writer, 'k8s_plan', { action: 'apply', manifest: config({ a: '2' }) });
  await change('patch', { kind: 'configmaps', name: 'moved', patch: 'data: {b: "9"}' });

  expect(await codeOf(by(writer, 'k8s_apply', { manifest: config({ a: '2' }), digest }))).toBe('PLAN_CHANGED');
  const invalid = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'moved' }, data: { a: 1 } });
  expect(await codeOf(by(writer, 'k8s_plan', { action: 'apply', manifest: invalid }))).toBe('MANIFEST_REFUSED');
});

test('a field of another manager is taken over only on request', async () => {
  await stage.apply(
    { name: 'ConfigMap', group: '', version: 'v1', plural: 'configmaps', missing: 'INTERNAL' },
    'theirs',
    {
      data: { a: '1' },
    },
  );
  const ours = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'theirs' }, data: { a: '2' } });

  expect(await codeOf(by(writer, 'k8s_plan', { action: 'apply', manifest: ours }))).toBe('FIELD_CONFLICT');
  expect(await change('apply', { manifest: ours, take_over: true })).toMatchObject({ effective: 'proved' });
});

test('a Rollout with the mark of a release is refused with the name of the release', async () => {
  const mark = { release_id: 'release/x/y/owned', run_id: 'r' };
  await stage.apply(ROLLOUT, 'owned', {
    metadata: { name: 'owned', namespace: stage.namespace, annotations: { 'sluice.dev/owner': JSON.stringify(mark) } },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'owned' } },
      template: { metadata: { labels: { app: 'owned' } }, spec: { containers: [{ name: 'app', image: 'shop:v1' }] } },
      strategy: { canary: { steps: [{ setWeight: 100 }] } },
    },
  });

  await expect(
    by(writer, 'k8s_plan', { action: 'scale', kind: 'ro', name: 'owned', replicas: 1 }),
  ).rejects.toMatchObject({
    code: 'OWNED_BY_OTHER',
    details: { release_id: 'release/x/y/owned' },
  });
});

test('an account that only reads learns which right is missing from the plan', async () => {
  const planned = by(reader, 'k8s_plan', { action: 'delete', kind: 'configmaps', name: 'moved' });

  await expect(planned).rejects.toMatchObject({
    code: 'FORBIDDEN',
    details: { verb: 'delete', resource: 'configmaps' },
  });
});
