import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import type { ClusterClient, Clusters } from '../../src/adapters/kubernetes/cluster-client.ts';
import { DEPLOYMENT } from '../../src/adapters/kubernetes/kinds.ts';
import { loadSettings } from '../../src/config/load.ts';
import type { Account } from '../../src/domain/access/impersonation.ts';
import { impersonationCheck } from '../../src/entry/doctor-rights.ts';
import { actingAs } from '../../src/ports/acting-account.ts';
import { createRolloutFeed } from '../../src/targets/argo-rollout/feed.ts';
import { kubectlProgram, outOf } from '../support/deploy-chart.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(120_000);

const RUN = Date.now().toString(36).slice(-5);
const NAMESPACE = `acting-${RUN}`;
const ADA: Account = { user: `oidc:ada-${RUN}`, groups: [`oidc:dev-${RUN}`] };
const folder = mkdtempSync(join(tmpdir(), 'sluice-acting-'));
let kubectl: Awaited<ReturnType<typeof kubectlProgram>>;
let context: string;
let clusters: Clusters;
let client: ClusterClient;

/** A kubeconfig with the token of a service account of the cluster, as in a pod. */
async function asServiceAccount(kubeconfig: string, name: string): Promise<Clusters> {
  const token = (await outOf(kubectl(['create', 'token', name, '--namespace', NAMESPACE]))).trim();
  const config = parse(readFileSync(kubeconfig, 'utf8')) as { users: { name: string; user: object }[] };
  const users = config.users.map((user) => ({ ...user, user: { token } }));
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, stringify({ ...config, users }));
  return createClusters({ kubeconfig: path });
}

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  ({ context } = sandbox);
  kubectl = await kubectlProgram(sandbox.kubeconfig);
  await outOf(kubectl(['create', 'namespace', NAMESPACE]));
  await outOf(kubectl(['create', 'serviceaccount', 'server', '--namespace', NAMESPACE]));
  const binding = ['create', 'clusterrolebinding', `acting-${RUN}`, '--clusterrole', `acting-${RUN}`];
  await outOf(
    kubectl([
      ...['create', 'clusterrole', `acting-${RUN}`, '--verb', 'impersonate'],
      ...['--resource', 'users,groups,serviceaccounts'],
    ]),
  );
  await outOf(kubectl([...binding, '--serviceaccount', `${NAMESPACE}:server`]));
  clusters = await asServiceAccount(sandbox.kubeconfig, 'server');
  client = clusters.client(context);
}, 600_000);

afterAll(async () => {
  for (const kind of ['clusterrolebinding', 'clusterrole']) await outOf(kubectl(['delete', kind, `acting-${RUN}`]));
  await outOf(kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']));
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const list = () => client.list(DEPLOYMENT, NAMESPACE);
const rollouts = () => createRolloutFeed(clusters, { cached: true }).list({ cluster: context, namespace: NAMESPACE });

test('the cluster decides about a caller, and names the caller and not the server', async () => {
  await eventually('the right to impersonate', async () => (await impersonated(list)) || undefined);
  await expect(actingAs(ADA, list)).rejects.toMatchObject({
    ...{ code: 'FORBIDDEN', message: expect.stringContaining(ADA.user) },
  });
  // The account of the server itself may not list them either, so it lends nobody its rights.
  await expect(list()).rejects.toMatchObject({
    ...{ code: 'FORBIDDEN', message: expect.stringContaining(`system:serviceaccount:${NAMESPACE}:server`) },
  });

  const there = ['--namespace', NAMESPACE];
  await outOf(kubectl(['create', 'role', 'look', '--verb', 'list', '--resource', 'deployments.apps', ...there]));
  const group = ['--role', 'look', '--group', ADA.groups[0] as string];
  await outOf(kubectl(['create', 'rolebinding', 'devs', ...group, ...there]));
  await eventually('the right of the group', async () => (await actingAs(ADA, may)) || undefined);
  expect(await actingAs(ADA, list)).toEqual([]);
  await expect(actingAs({ ...ADA, groups: [] }, list)).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('a list of Rollouts is not read from what the server may see', async () => {
  await expect(actingAs({ user: `oidc:bob-${RUN}`, groups: [] }, rollouts)).rejects.toMatchObject({
    ...{ code: 'FORBIDDEN', message: expect.stringContaining(`oidc:bob-${RUN}`) },
  });
});

test('the doctor looks for the right, if the settings ask for it', async () => {
  const file = join(folder, 'settings.yaml');
  writeFileSync(file, 'impersonate: [{ issuer: kubernetes }]');
  const { settings } = loadSettings({ env: {}, file });
  expect(await impersonationCheck(settings, client)).toMatchObject([{ state: 'ok', detail: 'callers of kubernetes' }]);
  const unbound = await actingAs(ADA, () => impersonationCheck(settings, client));
  expect(unbound).toMatchObject([{ state: 'skipped', next: expect.stringContaining('sluice-impersonator') }]);
  const { settings: without } = loadSettings({ env: {} });
  expect(await impersonationCheck(without, client)).toEqual([]);
});

const may = () => client.allowed({ group: 'apps', resource: 'deployments', verb: 'list', namespace: NAMESPACE });

/** Whether the server may act for the caller at all: then the refusal names the caller. */
async function impersonated(work: () => Promise<unknown>): Promise<boolean> {
  const failure = await actingAs(ADA, work).then(
    () => '',
    (error: Error) => error.message,
  );
  return !failure.includes('cannot impersonate');
}
