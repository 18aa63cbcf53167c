import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { addToLoad, removeFromLoad } from '../../sandbox/load/client.ts';
import type { ReleaseOutput } from '../../src/contract/release-view.ts';
import { workflowBundle } from '../../src/entry/workflow-bundle.ts';
import { ObjectsStage } from '../support/argo-objects-stage.ts';
import { applicationChart, helmOn } from '../support/helm-application.ts';
import { HELM_MAJOR, helmProgram } from '../support/helm-program.ts';
import { folderOf, openLane, type Lane } from '../support/releases-lane.ts';
import { Release } from '../support/releases-release.ts';
import { sharedSandbox } from '../support/sandbox.ts';
import { servedBy } from '../support/served.ts';

// Pods start, and a release is judged: seconds. The program may have to be built first.
jest.setTimeout(240_000);

const NAME = 'chart-app';
let stage: ObjectsStage;
let lane: Lane;
let helm: (...args: string[]) => Promise<string>;
let charts: string;

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  stage = new ObjectsStage(sandbox);
  await stage.open();
  charts = applicationChart(NAME, stage.namespace);
  helm = await helmOn(sandbox, stage.namespace);
  await helm('install', 'web', `${charts}/shop`);
  const path = await helmProgram();
  const settings = { SLUICE_HELM: path, SLUICE_HELM_CHARTS: charts };
  // A worker bundles the workflow code when it starts. On a busy machine that takes longer than it may.
  await workflowBundle(folderOf(sandbox));
  lane = await openLane(sandbox, { name: 'helm', settings, workerSettings: settings });
  await stage.until(NAME, 'is Healthy', ({ phase }) => phase === 'Healthy');
  await addToLoad(sandbox, NAME, stage.namespace, { rps: 40 });
}, 900_000);

afterAll(async () => {
  await lane?.stop();
  await removeFromLoad(stage.sandbox, NAME, stage.namespace);
  await stage.close();
}, 60_000);

const file = (tag: string, more: object = {}, takeOver = true) => ({
  target: { cluster: stage.sandbox.context, namespace: stage.namespace, rollout: NAME },
  image: `shop:${tag}`,
  // Argo owns the selectors of the Services of the chart.
  helm: { release: 'web', chart: './shop', values: { tag, ...more }, take_over: takeOver },
  strategy: 'canary',
  analysis: { judge: 'limits', soak: '2s', min_requests: 10, success_ratio: 0.95, hold: '30s' },
  require_manual_promotion: false,
  guard: '0',
  timeouts: { step: '90s', rollback: '120s' },
});

async function start(tag: string, more: object = {}): Promise<Release> {
  const input = file(tag, more);
  const { release_id: id, run_id: run } = await lane.mcp.call<ReleaseOutput>('release_start', input);
  return new Release(lane.mcp, id, run, input.image);
}

interface Revision {
  readonly revision: number;
  readonly status: string;
  readonly description: string;
}

const revisions = async () => JSON.parse(await helm('history', 'web', '-o', 'json')) as readonly Revision[];

const served = () => servedBy(stage, NAME);

test('a plan shows the revisions, the fields of the Rollout, and what changes for all users at once', async () => {
  const { checks } = await lane.mcp.call<{ checks: readonly { name: string; ok: boolean; detail: string }[] }>(
    'release_plan',
    file('v2', { colour: 'green' }),
  );

  expect(checks.filter(({ name }) => name === 'helm')).toEqual([
    {
      name: 'helm',
      ok: true,
      detail: `${stage.namespace}/web: revision 1 (shop-1.2.0) → shop-1.2.0; Rollout: spec.template.spec.containers[app].image: shop:v1 → shop:v2`,
    },
    expect.objectContaining({
      ok: true,
      detail: `1 further object of the chart change for all users at once, before the first weight: ConfigMap ${NAME}`,
    }),
  ]);
});

test('a chart whose Services have selectors needs take_over, with Helm 4', async () => {
  const { checks } = await lane.mcp.call<{ checks: readonly { readonly name: string }[] }>(
    'release_plan',
    file('v2', {}, false),
  );

  const found = checks.filter(({ name }) => name === 'helm');
  // Helm 3 compares the former chart, the new one and what is live, and leaves what Argo has added.
  if (HELM_MAJOR === 3) return expect(found).toMatchObject([{ ok: true }]);
  expect(found).toContainEqual({
    name: 'helm',
    ok: false,
    detail: `Argo Rollouts owns the selector of ${NAME}-canary and ${NAME}-stable, and the chart sets it too: Helm would fail with a conflict`,
    next: expect.stringContaining('helm.take_over: true'),
  });
});

test('a chart is upgraded, judged step by step and promoted; a worker that dies after the upgrade does not repeat it', async () => {
  lane.rules.set({ app: NAME, op: 'workload.setImage', when: 'after' }, 'kill');

  const end = await (await start('v2')).ended();

  expect(end).toMatchObject({
    state: 'succeeded',
    source: expect.stringContaining(`Helm release ${stage.namespace}/web is at revision 2 (shop-1.2.0)`),
  });
  expect(lane.rules.reached({ app: NAME, op: 'workload.setImage', when: 'after' })).toBe(true);
  expect((await revisions()).map(({ revision, status }) => [revision, status])).toEqual([
    [1, 'superseded'],
    [2, 'deployed'],
  ]);
  expect(await served()).toEqual({ image: 'shop:v2', phase: 'Healthy', stable: true, weights: [100, 0] });
});

test('a bad version loses its users first, then Helm rolls back, and all of them agree', async () => {
  const end = await (await start('v3-errors-60', { colour: 'red' })).ended();

  expect(end).toMatchObject({
    state: 'rolled-back',
    source: expect.stringContaining(`is at revision 4 (shop-1.2.0): Rollback to 2`),
  });
  expect((await revisions()).map(({ revision, status }) => [revision, status])).toEqual([
    [1, 'superseded'],
    [2, 'superseded'],
    [3, 'superseded'],
    [4, 'deployed'],
  ]);
  expect(await served()).toEqual({ image: 'shop:v2', phase: 'Healthy', stable: true, weights: [100, 0] });
  expect(await helm('get', 'values', 'web', '-o', 'json')).toContain('"tag":"v2"');
});
