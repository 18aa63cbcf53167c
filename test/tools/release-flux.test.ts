import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { addToLoad, removeFromLoad } from '../../sandbox/load/client.ts';
import type { ReleaseOutput } from '../../src/contract/release-view.ts';
import { ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import { textAt } from '../../src/domain/cluster-objects/api-object.ts';
import { workflowBundle } from '../../src/entry/workflow-bundle.ts';
import { FluxStage, KUSTOMIZATION } from '../support/flux-stage.ts';
import { applicationFiles } from '../support/helm-application.ts';
import { folderOf, openLane, type Lane } from '../support/releases-lane.ts';
import { Release } from '../support/releases-release.ts';
import { servedBy } from '../support/served.ts';
import { sharedFlux } from '../support/sandbox.ts';

// The controllers may have to be built.
jest.setTimeout(240_000);

const NAME = 'git-app';
const FILE = `Rollout-${NAME}.yaml`;
const LEFT_ALONE = { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' };

let stage: FluxStage;
let lane: Lane;

beforeAll(async () => {
  const sandbox = await sharedFlux();
  stage = new FluxStage(sandbox);
  await stage.open();
  await stage.push(files(), 'the application');
  await stage.repository('apps');
  await stage.kustomization('apps');
  await stage.until(KUSTOMIZATION, 'apps', 'True');
  // A worker bundles the workflow code when it starts. On a busy machine that takes longer than it may.
  await workflowBundle(folderOf(sandbox));
  lane = await openLane(sandbox, { name: 'flux' });
  await stage.objects.until(NAME, 'is Healthy', ({ phase }) => phase === 'Healthy');
  await addToLoad(sandbox, NAME, stage.namespace, { rps: 40 });
}, 1_500_000);

afterAll(async () => {
  await lane?.stop();
  await removeFromLoad(stage.objects.sandbox, NAME, stage.namespace);
  await stage.close();
}, 60_000);

/** The application. Flux makes what Argo writes to, and leaves it alone afterwards. */
function files(): Readonly<Record<string, string>> {
  const all = Object.entries(applicationFiles(NAME, stage.namespace, 'shop:v1'));
  return Object.fromEntries(
    all.map(([name, text]) => [name, /^(Traefik)?Service-/.test(name) ? leftAlone(text) : text]),
  );
}

function leftAlone(text: string): string {
  const object = JSON.parse(text) as { metadata: object };
  return JSON.stringify({ ...object, metadata: { ...object.metadata, annotations: LEFT_ALONE } });
}

async function start(tag: string): Promise<Release> {
  const image = `shop:${tag}`;
  const { release_id: id, run_id: run } = await lane.mcp.call<ReleaseOutput>('release_start', {
    target: { cluster: stage.objects.sandbox.context, namespace: stage.namespace, rollout: NAME },
    image,
    flux: { kustomization: 'apps', file: FILE },
    strategy: 'canary',
    analysis: { judge: 'limits', soak: '2s', min_requests: 10, success_ratio: 0.95, hold: '30s' },
    require_manual_promotion: false,
    guard: '0',
    timeouts: { step: '90s', rollback: '120s' },
  });
  return new Release(lane.mcp, id, run, image);
}

/** What Git has, what Flux has applied, and what users get. */
async function everywhere() {
  const { subjects, head, text } = await stage.branch(FILE);
  const kustomization = await stage.read(KUSTOMIZATION, 'apps');
  const isApplied = textAt(kustomization, 'status', 'lastAppliedRevision') === `main@sha1:${head}`;
  const inGit = textAt(JSON.parse(text), 'spec', 'template', 'spec', 'containers', '0', 'image');
  return { subjects, isApplied, inGit, ...(await servedBy(stage.objects, NAME)) };
}

test('a commit brings the version, which is judged and promoted; a worker that dies after the commit makes no other', async () => {
  lane.rules.set({ app: NAME, op: 'workload.setImage', when: 'after' }, 'kill');

  const end = await (await start('v2')).ended();

  expect(end).toMatchObject({
    state: 'succeeded',
    source: expect.stringMatching(/^commit [0-9a-f]{12} of main is (being )?applied by Kustomization .*\/apps$/),
  });
  expect(lane.rules.reached({ app: NAME, op: 'workload.setImage', when: 'after' })).toBe(true);
  expect(await everywhere()).toEqual({
    subjects: [`Set ${stage.namespace}/${NAME} to shop:v2`, 'the application'],
    isApplied: true,
    ...{ inGit: 'shop:v2', image: 'shop:v2', phase: 'Healthy', stable: true, weights: [100, 0] },
  });
});

test('a bad version loses its users first, then a second commit takes it back, and all agree', async () => {
  const end = await (await start('v3-errors-60')).ended();

  expect(end).toMatchObject({ state: 'rolled-back', source: expect.stringContaining('of main is applied by') });
  expect(await everywhere()).toEqual({
    subjects: [
      `Set ${stage.namespace}/${NAME} to shop:v2`,
      `Set ${stage.namespace}/${NAME} to shop:v3-errors-60`,
      `Set ${stage.namespace}/${NAME} to shop:v2`,
      'the application',
    ],
    isApplied: true,
    ...{ inGit: 'shop:v2', image: 'shop:v2', phase: 'Healthy', stable: true, weights: [100, 0] },
  });
  expect(await stage.objects.get(ROLLOUT, NAME)).not.toHaveProperty('status.abort', true);
});
