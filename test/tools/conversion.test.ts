import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { loadStats, resetLoadStats } from '../../sandbox/index.ts';
import { addToLoad, removeFromLoad } from '../../sandbox/load/client.ts';
import { DEPLOYMENT, INGRESS_ROUTE, ROLLOUT, SERVICE, TRAEFIK_SERVICE } from '../../src/adapters/kubernetes/kinds.ts';
import type { Kind } from '../../src/adapters/kubernetes/kinds.ts';
import type { ReleaseOutput } from '../../src/contract/release-view.ts';
import { workflowBundle } from '../../src/entry/workflow-bundle.ts';
import { codeOf, ObjectsStage } from '../support/argo-objects-stage.ts';
import { createAccount, type Account } from '../support/cluster-accounts.ts';
import { folderOf, openLane, type Lane } from '../support/releases-lane.ts';
import { Release } from '../support/releases-release.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// Pods start, proxies follow, and two releases are judged: seconds each.
jest.setTimeout(300_000);

const NAME = 'plain';
const BAD = 'v3-errors-60';
const AUTOSCALER: Kind = {
  name: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  group: 'autoscaling',
  version: 'v2',
  missing: 'OBJECT_NOT_FOUND',
};

let stage: ObjectsStage;
let lane: Lane;
let account: Account;

interface Answer {
  readonly digest: string;
  readonly changed: boolean;
  readonly effective: string;
  readonly reason: string;
  readonly next?: string;
  readonly objects: readonly { readonly kind: string; readonly name: string; readonly what: string }[];
}

/** With the rights of the roles for these tools only. */
const by = async (tool: string, input: object): Promise<Answer> =>
  (await stage.about(tool, NAME, { ...input }, { SLUICE_KUBECONFIG: account.kubeconfig })) as unknown as Answer;
const planned = (action: string, input: object = {}) => by('convert_plan', { action, ...input });

async function carried(action: string, input: object = {}, more: object = {}): Promise<Answer> {
  const { digest } = await planned(action, input);
  return by(`convert_${action}`, { ...input, ...more, digest });
}

const specOf = async (kind: Kind): Promise<Record<string, unknown>> =>
  (await stage.get(kind, NAME)).spec as object as Record<string, unknown>;
const entries = [{ name: NAME, port: 'http', nativeLB: true }];

async function applyApplication(): Promise<void> {
  const labels = { app: NAME };
  await stage.apply(DEPLOYMENT, NAME, {
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'app', image: 'shop:v1', ports: [{ containerPort: 8080 }] }] },
      },
    },
  });
  await stage.apply(SERVICE, NAME, { spec: { selector: labels, ports: [{ name: 'http', port: 8080 }] } });
  const match = `Host(\`${NAME}.${stage.namespace}.local\`)`;
  await stage.apply(INGRESS_ROUTE, NAME, { spec: { routes: [{ kind: 'Rule', match, services: entries }] } });
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: NAME };
  await stage.apply(AUTOSCALER, NAME, { spec: { minReplicas: 3, maxReplicas: 5, scaleTargetRef } });
}

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  stage = new ObjectsStage(sandbox);
  await stage.open();
  const run = Date.now().toString(36).slice(-5);
  const roles = ['sluice-reader', 'sluice-kubernetes-reader', 'sluice-kubernetes-writer'];
  account = await createAccount(stage.client, sandbox.kubeconfig, `convert-${run}`, roles);
  // A worker bundles the workflow code when it starts. On a busy machine that takes longer than it may.
  await workflowBundle(folderOf(sandbox));
  lane = await openLane(sandbox, { name: 'plain' });
  await applyApplication();
  await addToLoad(sandbox, NAME, stage.namespace, { rps: 60 });
  await eventually('requests are answered', async () => {
    await resetLoadStats(sandbox, `${stage.namespace}/${NAME}`);
    await new Promise((done) => setTimeout(done, 500));
    const { versions } = await traffic();
    return ((versions['v1']?.status['200'] ?? 0) > 10 && Object.keys(versions).length === 1) || undefined;
  });
  await resetLoadStats(sandbox, `${stage.namespace}/${NAME}`);
}, 900_000);

afterAll(async () => {
  await lane?.stop();
  await removeFromLoad(stage.sandbox, NAME, stage.namespace);
  await account?.close();
  await stage.close();
}, 60_000);

async function traffic() {
  const key = `${stage.namespace}/${NAME}`;
  const stats = (await loadStats(stage.sandbox, key)).apps[key];
  if (!stats) throw new Error('no load');
  return stats;
}

/** Requests that failed otherwise than by an answer of the bad version. */
async function strayFailures(): Promise<readonly string[]> {
  const { versions, connectionErrorCodes } = await traffic();
  return [
    ...Object.entries(versions).flatMap(([version, { status }]) =>
      Object.entries(status).flatMap(([code, count]) =>
        version !== BAD && Number(code) >= 400 ? [`${count} answers ${code} of ${version}`] : [],
      ),
    ),
    ...Object.entries(connectionErrorCodes).map(([code, count]) => `${count} requests ended in ${code}`),
  ];
}

async function start(tag: string): Promise<Release> {
  const input = {
    target: { cluster: stage.sandbox.context, namespace: stage.namespace, rollout: NAME },
    image: `shop:${tag}`,
    strategy: 'canary',
    analysis: { judge: 'limits', soak: '2s', min_requests: 10, success_ratio: 0.95, hold: '30s' },
    require_manual_promotion: false,
    guard: '0',
    timeouts: { step: '90s', rollback: '120s' },
  };
  const { release_id: id, run_id: run } = await lane.mcp.call<ReleaseOutput>('release_start', input);
  return new Release(lane.mcp, id, run, input.image);
}

test('a Deployment under load becomes a Rollout, in the order of its plan, and loses no request', async () => {
  const plan = await planned('deployment', { weights: [20, 50] });
  expect(plan.objects.map(({ kind, name, what }) => `${what} ${kind} ${name}`)).toEqual([
    `create Service ${NAME}-canary`,
    `create TraefikService ${NAME}`,
    `create Rollout ${NAME}`,
    `change IngressRoute ${NAME}`,
    `change Deployment ${NAME}`,
    `change HorizontalPodAutoscaler ${NAME}`,
  ]);

  const answer = await carried('deployment', { weights: [20, 50] });

  expect(answer).toMatchObject({ changed: true, effective: 'proved' });
  expect(answer.reason).toContain(`IngressRoute ${stage.namespace}/${NAME} in force on all 2 Traefik replicas`);
  expect(answer.next).toContain(`release_plan with target ${stage.namespace}/${NAME}`);
  expect(await stage.status(NAME)).toMatchObject({ phase: 'Healthy', route: { traefik_service: NAME } });
  expect(await specOf(DEPLOYMENT)).toMatchObject({ replicas: 0 });
  expect(await specOf(AUTOSCALER)).toMatchObject({ scaleTargetRef: { kind: 'Rollout', name: NAME } });
  expect(await strayFailures()).toEqual([]);
  const again = await carried('deployment', { weights: [20, 50] });
  expect(again).toMatchObject({ changed: false, effective: 'proved' });
});

test('a good version is released on it, and meanwhile it is not converted back', async () => {
  const release = await start('v2');

  await eventually('the release owns the Rollout', async () => {
    const code = await codeOf(planned('back'));
    return code === 'OWNED_BY_OTHER' || undefined;
  });
  expect(await release.ended()).toMatchObject({ state: 'succeeded' });
  expect(await strayFailures()).toEqual([]);
});

test('a bad version is rolled back', async () => {
  expect(await (await start(BAD)).ended()).toMatchObject({ state: 'rolled-back' });

  expect((await traffic()).versions[BAD]?.count ?? 0).toBeGreaterThan(0);
  expect(await strayFailures()).toEqual([]);
});

test('it becomes a Deployment again with the version that was released, and loses no request', async () => {
  await stage.until(NAME, 'is Healthy', ({ phase }) => phase === 'Healthy');
  const answer = await carried('back', {}, { confirm: `Deployment ${stage.namespace}/${NAME}` });

  expect(answer).toMatchObject({ changed: true, effective: 'proved' });
  expect(await specOf(DEPLOYMENT)).toMatchObject({
    replicas: 3,
    template: { spec: { containers: [{ image: 'shop:v2' }] } },
  });
  expect(await specOf(INGRESS_ROUTE)).toMatchObject({ routes: [{ services: entries }] });
  expect((await specOf(SERVICE))['selector']).toEqual({ app: NAME });
  expect(await specOf(AUTOSCALER)).toMatchObject({ scaleTargetRef: { kind: 'Deployment', name: NAME } });
  for (const [kind, name] of [
    [ROLLOUT, NAME],
    [TRAEFIK_SERVICE, NAME],
    [SERVICE, `${NAME}-canary`],
  ] as const)
    expect(await codeOf(stage.get(kind, name))).toMatch(/NOT_FOUND$/);
  await resetVersions();
  expect(Object.keys((await traffic()).versions)).toEqual(['v2']);
  expect(await codeOf(planned('back'))).toBe('NOT_APPLICABLE');
});

/** What is served after the last failure was looked for. */
async function resetVersions(): Promise<void> {
  // The pods of the Rollout end some seconds after it.
  await new Promise((done) => setTimeout(done, 6_000));
  const { answered } = await traffic();
  expect(answered).toBeGreaterThan(500);
  expect(await strayFailures()).toEqual([]);
  await resetLoadStats(stage.sandbox, `${stage.namespace}/${NAME}`);
  await new Promise((done) => setTimeout(done, 1_000));
}
