import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { applyApplication } from '../../sandbox/index.ts';
import { complete, objectsOf } from '../../sandbox/apps/objects.ts';
import { addToLoad, removeFromLoad } from '../../sandbox/load/client.ts';
import { CONFIG_MAP, ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import { workflowBundle } from '../../src/entry/workflow-bundle.ts';
import { ObjectsStage } from '../support/argo-objects-stage.ts';
import { createAccount, type Account } from '../support/cluster-accounts.ts';
import { kubectlProgram, outOf } from '../support/deploy-chart.ts';
import { folderOf, openLane, type Lane } from '../support/releases-lane.ts';
import { Release } from '../support/releases-release.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';
import { servedBy } from '../support/served.ts';

jest.setTimeout(240_000);

const NAME = 'updated';
const APPLICATION = { name: NAME, strategy: 'canary', image: 'shop:v1' } as const;
/** All that the workers may do. */
const ROLES = ['sluice-reader', 'sluice-writer', 'sluice-updates'];
const ASKED = { 'sluice.dev/release-updates': 'true', 'sluice.dev/release-file': 'fields' };
/** A bad version ends a pause earlier. */
const TIMED = [{ setWeight: 50 }, { pause: { duration: '25s' } }];
const UNTIMED = [{ setWeight: 50 }, { pause: {} }];
const FILE = `
analysis: { judge: limits, soak: 2s, min_requests: 10, success_ratio: 0.95, hold: 60s }
guard: '0'
timeouts: { step: 90s, rollback: 120s }
`;

interface Row {
  readonly release_id: string;
  readonly run_id: string;
  readonly started_by: string;
  readonly image: string;
}

interface Applied {
  readonly metadata: object;
  readonly spec: { readonly strategy: { readonly canary: object } };
}

let stage: ObjectsStage;
let lane: Lane;
let account: Account;
let kubectl: (...args: string[]) => Promise<string>;

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  stage = new ObjectsStage(sandbox);
  await stage.open();
  const program = await kubectlProgram(sandbox.kubeconfig);
  kubectl = (...args) => outOf(program(['--context', sandbox.context, '--namespace', stage.namespace, ...args]));
  await workflowBundle(folderOf(sandbox));
  account = await createAccount(stage.client, sandbox.kubeconfig, `updates-${stage.namespace}`, ROLES);
  const workerSettings = {
    ...{ SLUICE_RELEASE_UPDATES: 'true', SLUICE_RELEASE_UPDATES_CLUSTERS: sandbox.context },
    SLUICE_KUBECONFIG: account.kubeconfig,
  };
  lane = await openLane(sandbox, { name: 'updates', workers: 2, workerSettings });
  await applyApplication(sandbox, { ...APPLICATION, namespace: stage.namespace });
  await writeFile(FILE);
  await kubectl('annotate', 'rollout', NAME, ...Object.entries(ASKED).map((one) => one.join('=')));
  await kubectl('annotate', 'rollout', NAME, 'argocd.argoproj.io/tracking-id=shop:argoproj.io/Rollout:shop/updated');
  await stage.until(NAME, 'is Healthy', ({ phase }) => phase === 'Healthy');
  await addToLoad(sandbox, NAME, stage.namespace, { rps: 40 });
}, 900_000);

afterAll(async () => {
  await lane?.stop();
  await account?.close();
  await removeFromLoad(stage.sandbox, NAME, stage.namespace);
  await stage.close();
}, 60_000);

const writeFile = (text: string): Promise<void> =>
  stage.apply(CONFIG_MAP, 'fields', { data: { 'release.yaml': text } });

const setSteps = (steps: readonly object[]): Promise<unknown> =>
  stage.client.jsonPatch(stage.ref(ROLLOUT, NAME), [
    { op: 'replace', path: '/spec/strategy/canary/steps', value: steps },
  ]);

/** Writes the image as another program does. */
async function update(image: string, manager: string): Promise<void> {
  const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }];
  await kubectl('patch', 'rollout', NAME, '--type=json', `--field-manager=${manager}`, `-p=${JSON.stringify(patch)}`);
}

/** Applies the manifest with another image, as it was before Argo filled in defaults. */
async function apply(image: string): Promise<void> {
  const all = objectsOf(complete({ ...APPLICATION, namespace: stage.namespace, image }));
  const rollout = all.find(({ object }) => object.kind === 'Rollout')?.object as Applied;
  const { metadata, spec } = rollout;
  const canary = { ...spec.strategy.canary, steps: UNTIMED };
  const manifest = {
    ...rollout,
    metadata: { ...metadata, annotations: ASKED },
    spec: { ...spec, strategy: { canary } },
  };
  const program = await kubectlProgram(stage.sandbox.kubeconfig);
  await outOf(program(['--context', stage.sandbox.context, 'apply', '-f', '-'], JSON.stringify(manifest)));
}

async function releases(): Promise<readonly Row[]> {
  const where = { namespace: stage.namespace, rollout: NAME };
  return (await lane.mcp.call<{ releases: readonly Row[] }>('release_list', where)).releases;
}

/** The release that has started by itself for this image. `before`: others. */
async function releaseOf(image: string, before: readonly Release[] = []): Promise<Release> {
  const others = before.map(({ runId }) => runId);
  const row = await eventually(
    `a release of ${image}`,
    async () => (await releases()).find((one) => one.image === image && !others.includes(one.run_id)),
    { timeoutMs: 60_000 },
  );
  return new Release(lane.mcp, row.release_id, row.run_id, image);
}

/** What `kubectl describe` shows of Sluice. */
async function told(): Promise<string> {
  const lines = (await kubectl('describe', 'rollout', NAME)).split('\n');
  return lines.filter((line) => line.includes('sluice ')).join('\n');
}

const served = () => servedBy(stage, NAME);
const quiet = () => new Promise((resolve) => setTimeout(resolve, 8_000));

test('the first version of a Rollout and a scale start nothing', async () => {
  await setSteps(TIMED);
  await kubectl('scale', 'rollout', NAME, '--replicas=3');
  await quiet();
  expect(await releases()).toEqual([]);
});

test('a good update is joined and released once, although the worker that has seen it dies before the start', async () => {
  const point = { app: NAME, op: 'workload.revisions', when: 'after' } as const;
  lane.rules.set(point, 'kill');
  await update('shop:v2', 'argocd-controller');

  const release = await releaseOf('shop:v2');
  expect(await release.ended()).toMatchObject({ state: 'succeeded', started_by: 'update:argocd-controller' });
  expect(lane.rules.reached(point)).toBe(true);
  const { update: origin } = (await release.story()) as unknown as { update: string };
  expect(origin).toMatch(
    /revision 2, last written by the field manager argocd-controller at 2.*Argo CD Application shop/,
  );
  expect(await served()).toMatchObject({ image: 'shop:v2', phase: 'Healthy', stable: true, weights: [100, 0] });
  expect(await releases()).toHaveLength(1);
  expect(await told()).toMatch(/Normal +ReleaseStarted .*Sluice watches this update with the release/);
});

test('a bad update is aborted, putting the image back starts nothing, and the same version again is another update', async () => {
  await update('shop:v3-errors-60', 'helm');

  const first = await releaseOf('shop:v3-errors-60');
  const end = await first.ended();
  expect(end).toMatchObject({ state: 'rolled-back', started_by: 'update:helm' });
  expect(end.reason).toContain('put shop:v2 back where it came from');
  expect(await served()).toMatchObject({ image: 'shop:v3-errors-60', stable: false, weights: [100, 0] });
  await update('shop:v2', 'helm');
  await stage.until(NAME, 'is Healthy', ({ phase }) => phase === 'Healthy');
  await quiet();
  expect(await releases()).toHaveLength(2);

  await update('shop:v3-errors-60', 'helm');
  const again = await releaseOf('shop:v3-errors-60', [first]);
  expect(await again.ended()).toMatchObject({ state: 'rolled-back' });
  await update('shop:v2', 'helm');
  await stage.until(NAME, 'is Healthy', ({ phase }) => phase === 'Healthy');
});

test('a bad release file is an event of the Rollout, and its correction starts the release, which waits for promote', async () => {
  await setSteps(UNTIMED);
  await writeFile('image: shop:v9');
  await update('shop:v4', 'kustomize-controller');

  await eventually('the event', async () => /ReleaseNotStarted .*image: leave it out/.exec(await told())?.[0], {
    timeoutMs: 60_000,
  });
  await writeFile(FILE);
  const release = await releaseOf('shop:v4');
  await release.until('it waits for promote', ({ waiting }) => waiting?.for === 'promotion');
  await release.promote();
  expect(await release.ended()).toMatchObject({ state: 'succeeded', started_by: 'update:kustomize-controller' });
  expect(await served()).toMatchObject({ image: 'shop:v4', stable: true });
});

test('a newer update supersedes the release of the older one, and gets its own', async () => {
  await apply('shop:v5');
  const older = await releaseOf('shop:v5');
  await older.until('it is judged', ({ state }) => ['soaking', 'judging'].includes(state));
  await update('shop:v6', 'helm');

  expect(await older.ended()).toMatchObject({ state: 'superseded', started_by: 'update:kubectl-client-side-apply' });
  const newer = await releaseOf('shop:v6');
  await newer.until('it waits for promote', ({ waiting }) => waiting?.for === 'promotion');
  await newer.promote();
  expect(await newer.ended()).toMatchObject({ state: 'succeeded' });
  expect(await releases()).toHaveLength(6);
});
