import { spawn, execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { DEPLOYMENT, POD, type Kind } from '../../src/adapters/kubernetes/kinds.ts';
import { codeOf, failureOf, ObjectsStage } from '../support/argo-objects-stage.ts';
import { createAccount, type Account } from '../support/cluster-accounts.ts';
import { CHART, chartFolder, writeChart } from '../support/helm-charts.ts';
import { helmProgram } from '../support/helm-program.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// Pods start: seconds. The program may have to be built first.
jest.setTimeout(240_000);

const run = promisify(execFile);
const QUOTA: Kind = { name: 'ResourceQuota', group: '', version: 'v1', plural: 'resourcequotas', missing: 'INTERNAL' };
const home = mkdtempSync(join(tmpdir(), 'sluice-helm-home-'));
Object.assign(process.env, {
  HELM_CONFIG_HOME: join(home, 'config'),
  HELM_CACHE_HOME: join(home, 'cache'),
  HELM_DATA_HOME: join(home, 'data'),
});

let stage: ObjectsStage;
let writer: Account;
let reader: Account;
let program: string;
let charts: string;

type Answer = Readonly<Record<string, unknown>>;
const by = async ({ kubeconfig }: Pick<Account, 'kubeconfig'>, tool: string, input: object): Promise<Answer> =>
  (await stage.call(
    tool,
    { namespace: stage.namespace, ...input },
    { SLUICE_KUBECONFIG: kubeconfig, SLUICE_HELM: program, SLUICE_HELM_CHARTS: charts },
  )) as unknown as Answer;
const plan = (action: string, input: object): Promise<Answer> => by(writer, 'helm_plan', { action, ...input });

/** Plans a change and carries it out, with the rights of the roles for these tools only. */
async function change(action: string, input: object, more: object = {}): Promise<Answer> {
  const { digest } = await plan(action, input);
  return by(writer, `helm_${action}`, { ...input, ...more, digest });
}

beforeAll(async () => {
  stage = new ObjectsStage(await sharedSandbox());
  await stage.open();
  program = await helmProgram();
  charts = chartFolder();
  const hook = (events: string, image: string) => `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-hook
  annotations: {helm.sh/hook: ${events}, helm.sh/hook-delete-policy: before-hook-creation}
spec: {restartPolicy: Never, containers: [{name: app, image: '${image}'}]}
`;
  writeChart(charts, 'hooked', { ...CHART, 'templates/hook.yaml': hook('pre-upgrade', 'shop:v1-no-image') });
  writeChart(charts, 'random', {
    'templates/a.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata: {name: {{ .Release.Name }}}\nstringData: {key: {{ randAlphaNum 9 }}}\n',
  });
  const roles = ['sluice-reader', 'sluice-kubernetes-reader', 'sluice-helm-reader'];
  const suffix = Date.now().toString(36).slice(-5);
  const account = (name: string, more: readonly string[]) =>
    createAccount(stage.client, stage.sandbox.kubeconfig, `helm-${name}-${suffix}`, [...roles, ...more]);
  writer = await account('writer', ['sluice-kubernetes-writer', 'sluice-helm-writer']);
  reader = await account('reader', []);
}, 900_000);

afterAll(async () => {
  await Promise.all([writer.close(), reader.close()]);
  await stage.close();
}, 60_000);

const WEB = { name: 'web', chart: './web' };

test('a release is installed, upgraded, rolled back and uninstalled, each by its plan, and each is proved', async () => {
  expect(await change('install', WEB, { timeout_seconds: 120 })).toMatchObject({
    changed: true,
    effective: 'proved',
    revision: 1,
    status: 'deployed',
  });
  const two = { ...WEB, values: 'tag: v2\npassword: hunter3\n' };
  const planned = await plan('upgrade', two);
  expect(planned).toMatchObject({
    from: { revision: 1 },
    to: { revision: 2 },
    objects: expect.arrayContaining([
      expect.objectContaining({
        object: `Deployment ${stage.namespace}/web`,
        what: 'change',
        changes: [{ path: 'spec.template.spec.containers[app].image', from: 'shop:v1', to: 'shop:v2' }],
        drift: [],
      }),
    ]),
    unchanged: 2,
  });
  expect(JSON.stringify(planned)).not.toMatch(/hunter/);
  expect(await change('upgrade', two, { timeout_seconds: 120 })).toMatchObject({ effective: 'proved', revision: 2 });
  expect(await change('rollback', { name: 'web' }, { timeout_seconds: 120 })).toMatchObject({
    effective: 'proved',
    revision: 3,
  });
  expect((await stage.get(DEPLOYMENT, 'web')).spec.template.spec.containers[0]?.image).toBe('shop:v1');
  const gone = await change('uninstall', { name: 'web' }, { confirm: `${stage.namespace}/web`, timeout_seconds: 120 });
  expect(gone).toMatchObject({ changed: true, effective: 'proved' });
});

test('what somebody has changed is shown as drift, is not overwritten by chance, and is with take_over', async () => {
  const name = { ...WEB, name: 'drift' };
  await change('install', name);
  const { digest } = await plan('upgrade', { ...name, values: 'tag: v2' });
  await stage.client.mergePatch(
    stage.ref(DEPLOYMENT, 'drift'),
    { spec: { replicas: 2 } },
    { fieldManager: 'somebody' },
  );

  expect(await codeOf(by(writer, 'helm_upgrade', { ...name, values: 'tag: v2', digest }))).toBe('PLAN_CHANGED');
  expect(await plan('upgrade', name)).toMatchObject({
    objects: [
      {
        drift: [{ path: 'spec.replicas', from: '1', to: '2' }],
        changes: [{ path: 'spec.replicas', from: '2', to: '1' }],
        warnings: [expect.stringContaining('take_over')],
      },
    ],
  });
  expect(await change('upgrade', name)).toMatchObject({
    effective: 'refused',
    reason: expect.stringContaining('conflict'),
  });
  expect(await change('upgrade', { ...name, take_over: true }, { timeout_seconds: 120 })).toMatchObject({
    effective: 'proved',
  });
});

/** True when the API server refuses a pod because of the quota. It knows a new quota only after a moment. */
async function refusesPods(): Promise<boolean | undefined> {
  const pod = { spec: { containers: [{ name: 'app', image: 'shop:v1' }] } };
  try {
    await stage.client.apply(
      stage.ref(POD, 'probe'),
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe', namespace: stage.namespace }, ...pod },
      { fieldManager: 'test', dryRun: true },
    );
    return undefined;
  } catch (error) {
    return (error as Error).message.includes('exceeded quota: small') || undefined;
  }
}

test('an image that cannot be had and a quota are reasons, not a timeout', async () => {
  const broken = { ...WEB, name: 'broken', values: 'tag: v2-no-image' };
  const answer = await change('install', broken, { timeout_seconds: 10 });
  expect(answer).toMatchObject({
    changed: true,
    effective: 'pending',
    status: 'deployed',
    reason: expect.stringMatching(/ImagePull|no-image/),
  });

  await stage.apply(QUOTA, 'small', { spec: { hard: { pods: '0' } } });
  await eventually('the quota is in force', refusesPods);
  try {
    const full = await change('install', { ...WEB, name: 'full' }, { timeout_seconds: 10 });
    expect(full).toMatchObject({ effective: 'pending', reason: expect.stringContaining('exceeded quota: small') });
  } finally {
    const { metadata } = (await stage.client.get(stage.ref(QUOTA, 'small'))) as { metadata: { uid: string } };
    await stage.client.remove(stage.ref(QUOTA, 'small'), metadata);
  }
});

test('a hook that does not end fails the upgrade, and the state that it leaves is named', async () => {
  await change('install', { ...WEB, name: 'hooked', chart: './hooked' });
  const upgrade = { name: 'hooked', chart: './hooked', values: 'tag: v2' };
  expect(await plan('upgrade', upgrade)).toMatchObject({ hooks: ['Pod hooked-hook (pre-upgrade)'] });
  expect(await change('upgrade', upgrade, { hook_seconds: 3, timeout_seconds: 0 })).toMatchObject({
    changed: true,
    effective: 'refused',
    revision: 2,
    status: 'failed',
    next: expect.stringContaining('rollback'),
  });
});

test('a release whose Helm was killed is held, and is freed by plan and digest', async () => {
  await change('install', { ...WEB, name: 'stuck', chart: './hooked' });
  const { kubeconfig, context } = stage.sandbox;
  const place = ['--kubeconfig', kubeconfig, '--kube-context', context, '-n', stage.namespace];
  const child = spawn(program, ['upgrade', 'stuck', join(charts, 'hooked'), ...place], { stdio: 'ignore' });
  const held = await eventually('the operation holds it', async () => {
    const answer = await by(writer, 'helm_status', { name: 'stuck' });
    return answer['status'] === 'pending-upgrade' ? answer : undefined;
  });
  child.kill('SIGKILL');
  expect(held).toMatchObject({ revision: 2, next: expect.stringContaining('helm_unlock') });
  expect(await codeOf(plan('upgrade', { ...WEB, name: 'stuck' }))).toBe('HELM_RELEASE_HELD');

  const confirm = `${stage.namespace}/stuck`;
  expect(await change('unlock', { name: 'stuck' }, { confirm })).toMatchObject({
    effective: 'proved',
    status: 'failed',
  });
  expect(await change('upgrade', { ...WEB, name: 'stuck', values: 'tag: v3' }, { timeout_seconds: 120 })).toMatchObject(
    {
      effective: 'proved',
      revision: 3,
    },
  );
  const { stdout } = await run(program, ['history', 'stuck', '--output', 'json', ...place]);
  expect(JSON.parse(stdout)).toMatchObject([
    { status: 'superseded' },
    { status: 'failed', description: expect.stringContaining('Marked as failed by test') },
    { status: 'deployed' },
  ]);
});

test('a random value is named, and the plan of it can be carried out', async () => {
  const random = { name: 'random', chart: './random' };
  expect(await plan('install', random)).toMatchObject({ warnings: [expect.stringContaining('stringData.key')] });
  expect(await change('install', random)).toMatchObject({ effective: 'proved' });
});

test('a missing right is named by the plan, and so is a release of Sluice that owns an object', async () => {
  const refused = by(reader, 'helm_plan', { action: 'install', ...WEB, name: 'other' });
  expect(await failureOf(refused)).toMatchObject({
    code: 'FORBIDDEN',
    details: { verb: 'create', resource: 'secrets' },
  });

  const mark = { release_id: 'release/x/y/owned', run_id: 'r' };
  await change('install', { ...WEB, name: 'owned' });
  await stage.client.mergePatch(stage.ref(DEPLOYMENT, 'owned'), {
    metadata: { annotations: { 'sluice.dev/owner': JSON.stringify(mark) } },
  });
  expect(await failureOf(plan('upgrade', { ...WEB, name: 'owned', values: 'tag: v2' }))).toMatchObject({
    code: 'OWNED_BY_OTHER',
    details: { release_id: 'release/x/y/owned' },
  });
});

test('what the API server does not accept is refused by the plan', async () => {
  writeChart(charts, 'wrong', {
    'templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wrong}\ndata: {a: {b: 1}}\n',
  });
  expect(await codeOf(plan('install', { name: 'wrong', chart: './wrong' }))).toMatch(/HELM_REFUSED|MANIFEST_REFUSED/);
});
