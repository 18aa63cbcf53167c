import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createWorkload } from '../../../src/targets/argo-rollout/workload.ts';
import { createClusters } from '../../../src/adapters/kubernetes/index.ts';
import type { WorkloadPort } from '../../../src/ports/workload.ts';
import { startHttpServer } from '../../support/http-server.ts';
import type { HttpServer } from '../../support/http-server.ts';
import { writeKubeconfig } from '../../support/kubeconfig.ts';

const TARGET = { cluster: 'test', namespace: 'shop', rollout: 'app' };
const MINE = { releaseId: 'release/a', runId: '1' };
const PATH = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/app';
const PAUSED_AT = '2026-11-21T07:00:00Z';
const STEPS = [{ setWeight: 5 }, { pause: {} }, { setWeight: 25 }, { pause: {} }];

interface Parts {
  metadata?: object;
  spec?: object;
  status?: object;
}

const MARK = '{"release_id":"release/a","run_id":"1"}';
const TEST_MARK = { op: 'test', path: '/metadata/annotations/sluice.dev~1owner', value: MARK };

const rollout = ({ metadata, spec, status }: Parts = {}) => ({
  metadata: {
    name: 'app',
    namespace: 'shop',
    resourceVersion: '41',
    generation: 3,
    annotations: { 'sluice.dev/owner': MARK },
    ...metadata,
  },
  spec: {
    template: {
      spec: {
        containers: [
          { name: 'sidecar', image: 'proxy:1' },
          { name: 'app', image: 'shop:v1' },
        ],
      },
    },
    strategy: { canary: { steps: STEPS } },
    ...spec,
  },
  status: {
    observedGeneration: '3',
    currentPodHash: 'new',
    stableRS: 'old',
    currentStepIndex: 1,
    controllerPause: true,
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: PAUSED_AT }],
    ...status,
  },
});

const DEPLOYMENT = '/apis/apps/v1/namespaces/shop/deployments/app';

const referring = (kind: string, status: object = { workloadObservedGeneration: '5' }) =>
  rollout({ spec: { template: undefined, workloadRef: { kind, name: 'app' } }, status });

const deploymentOn = (image: string) => ({
  metadata: { name: 'app', namespace: 'shop', resourceVersion: '77', generation: 5 },
  spec: { replicas: 0, template: { spec: { containers: [{ name: 'app', image }] } } },
});

let server: HttpServer;
let before: object;
/** What is read once something has been patched. */
let after: object;
/** What is read once something has been patched twice. */
let settled: object | undefined;
/** The Deployment that the Rollout refers to. */
let deployment: object | undefined;
let rollouts: WorkloadPort;

beforeEach(async () => {
  before = rollout();
  after = before;
  settled = undefined;
  deployment = undefined;
  let patched = 0;
  server = await startHttpServer(({ method, path }) => {
    if (method === 'GET' && path === DEPLOYMENT && deployment) return { body: deployment };
    if (method === 'GET' && path !== PATH) return { status: 404, body: '404 page not found' };
    if (method === 'GET') return { body: patched === 0 ? before : patched === 1 ? after : (settled ?? after) };
    patched += 1;
    return { body: after };
  });
  rollouts = createWorkload(createClusters({ kubeconfig: writeKubeconfig({ test: server.url }) }));
});

afterEach(() => server.close());

const patches = () =>
  server.requests
    .filter(({ method }) => method === 'PATCH')
    .map(({ path, headers, body }) => ({
      path,
      type: headers['content-type'],
      operations: JSON.parse(body) as unknown,
    }));

test('promote tests all that was read and removes the pause conditions', async () => {
  after = rollout({ status: { currentStepIndex: 2, pauseConditions: undefined } });

  expect(await rollouts.advance(TARGET, { podHash: 'new', stepIndex: 1 }, MINE)).toMatchObject({ changed: true });

  expect(patches()).toEqual([
    {
      path: `${PATH}/status?fieldManager=sluice`,
      type: 'application/json-patch+json',
      operations: [
        { op: 'test', path: '/metadata/resourceVersion', value: '41' },
        TEST_MARK,
        { op: 'test', path: '/status/currentStepIndex', value: 1 },
        { op: 'test', path: '/status/currentPodHash', value: 'new' },
        { op: 'test', path: '/status/controllerPause', value: true },
        { op: 'test', path: '/status/pauseConditions/0/reason', value: 'CanaryPauseStep' },
        { op: 'test', path: '/status/pauseConditions/0/startTime', value: PAUSED_AT },
        { op: 'remove', path: '/status/pauseConditions' },
      ],
    },
  ]);
});

test('a vanished pause is no proof: without a new index the promote fails as a conflict', async () => {
  after = rollout({ status: { pauseConditions: undefined } });

  await expect(rollouts.advance(TARGET, { podHash: 'new', stepIndex: 1 }, MINE)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('go past step 1'),
  });
  expect(patches()).toHaveLength(1);
});

test('blue-green has no step index to test', async () => {
  before = rollout({
    spec: { strategy: { blueGreen: { activeService: 'a', previewService: 'p' } } },
    status: { currentStepIndex: undefined, pauseConditions: [{ reason: 'BlueGreenPause', startTime: PAUSED_AT }] },
  });
  after = rollout({ status: { blueGreen: { activeSelector: 'new' } } });

  expect(await rollouts.advance(TARGET, { podHash: 'new' }, MINE)).toMatchObject({ changed: true });

  expect(patches()[0]?.operations).toEqual([
    { op: 'test', path: '/metadata/resourceVersion', value: '41' },
    TEST_MARK,
    { op: 'test', path: '/status/currentPodHash', value: 'new' },
    { op: 'test', path: '/status/controllerPause', value: true },
    { op: 'test', path: '/status/pauseConditions/0/reason', value: 'BlueGreenPause' },
    { op: 'test', path: '/status/pauseConditions/0/startTime', value: PAUSED_AT },
    { op: 'remove', path: '/status/pauseConditions' },
  ]);
});

test('abort clears a full promotion in the same patch', async () => {
  before = rollout({ status: { promoteFull: true } });
  after = rollout({ status: { abort: true, abortedAt: PAUSED_AT } });

  expect(await rollouts.abort(TARGET, { podHash: 'new' }, MINE)).toMatchObject({ changed: true });

  expect(patches()).toEqual([
    {
      path: `${PATH}/status?fieldManager=sluice`,
      type: 'application/json-patch+json',
      operations: [
        { op: 'test', path: '/metadata/resourceVersion', value: '41' },
        TEST_MARK,
        { op: 'test', path: '/status/currentPodHash', value: 'new' },
        { op: 'add', path: '/status/promoteFull', value: false },
        { op: 'add', path: '/status/abort', value: true },
      ],
    },
  ]);
});

test("a template that the controller has not seen is not aborted: it may be somebody else's", async () => {
  before = rollout({ metadata: { generation: 4 } });

  await expect(rollouts.abort(TARGET, { podHash: 'new' }, MINE)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(patches()).toEqual([]);
});

test('under a template of somebody else nothing is aborted, although the controller still names the hash before it', async () => {
  before = rollout();

  const template = { container: 'app', images: ['shop:v8', 'shop:v9'] };
  expect(await rollouts.abort(TARGET, { podHash: 'new', template }, MINE)).toMatchObject({
    refused: true,
    detail: expect.stringContaining('the image was changed to'),
  });
  expect(patches()).toEqual([]);
});

test('setImage replaces one field, guarded by the container name and the old image', async () => {
  expect(await rollouts.setImage(TARGET, { container: 'app', from: 'shop:v1', to: 'shop:v2' }, MINE)).toMatchObject({
    changed: true,
  });

  expect(patches()).toEqual([
    {
      path: `${PATH}?fieldManager=sluice`,
      type: 'application/json-patch+json',
      operations: [
        { op: 'test', path: '/metadata/resourceVersion', value: '41' },
        TEST_MARK,
        { op: 'test', path: '/spec/template/spec/containers/1/name', value: 'app' },
        { op: 'test', path: '/spec/template/spec/containers/1/image', value: 'shop:v1' },
        { op: 'replace', path: '/spec/template/spec/containers/1/image', value: 'shop:v2' },
      ],
    },
  ]);
});

test('the image of a workloadRef is set in the Deployment, after the owner mark of the Rollout was tested', async () => {
  before = referring('Deployment');
  after = before;
  deployment = deploymentOn('shop:v1');

  expect(await rollouts.setImage(TARGET, { container: 'app', from: 'shop:v1', to: 'shop:v2' }, MINE)).toMatchObject({
    changed: true,
    detail: 'image of container app set from shop:v1 to shop:v2',
  });
  expect(patches()).toEqual([
    {
      path: `${DEPLOYMENT}?fieldManager=sluice`,
      type: 'application/json-patch+json',
      operations: [
        { op: 'test', path: '/metadata/resourceVersion', value: '77' },
        { op: 'test', path: '/spec/template/spec/containers/0/name', value: 'app' },
        { op: 'test', path: '/spec/template/spec/containers/0/image', value: 'shop:v1' },
        { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'shop:v2' },
      ],
    },
  ]);
  expect(await rollouts.read(TARGET)).toMatchObject({
    workload: { kind: 'Deployment', name: 'app', replicas: 0 },
    images: { app: 'shop:v1' },
  });
});

test('another owner of the Rollout keeps its Deployment from being written', async () => {
  before = referring('Deployment');
  deployment = deploymentOn('shop:v1');
  const change = { container: 'app', from: 'shop:v1', to: 'shop:v2' };

  expect(await rollouts.setImage(TARGET, change, { releaseId: 'release/b', runId: '9' })).toMatchObject({
    refused: true,
    holder: MINE,
  });
  expect(patches()).toEqual([]);
});

test('a Deployment whose template Argo has not seen yet: the Rollout is not observed, and an abort waits', async () => {
  before = referring('Deployment', { workloadObservedGeneration: '4' });
  deployment = deploymentOn('shop:v1');

  expect(await rollouts.read(TARGET)).toMatchObject({ observed: false, phase: 'Progressing' });
  await expect(rollouts.abort(TARGET, { podHash: 'new' }, MINE)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('an abort reads the image of a workloadRef in its Deployment', async () => {
  before = referring('Deployment');
  deployment = deploymentOn('shop:v9');
  const template = { container: 'app', images: ['shop:v1', 'shop:v2'] };

  expect(await rollouts.abort(TARGET, { podHash: 'new', template }, MINE)).toMatchObject({
    refused: true,
    detail: expect.stringContaining('the image was changed to shop:v9'),
  });
});

test('an init container is set where it is, and is read apart from the others', async () => {
  const initContainers = [{ name: 'migrate', image: 'migrate:v4' }];
  before = rollout({
    spec: { template: { spec: { containers: [{ name: 'app', image: 'shop:v1' }], initContainers } } },
  });

  expect(await rollouts.read(TARGET)).toMatchObject({
    images: { app: 'shop:v1' },
    initImages: { migrate: 'migrate:v4' },
  });
  await rollouts.setImage(TARGET, { container: 'migrate', from: 'migrate:v4', to: 'migrate:v5' }, MINE);
  expect(patches()[0]?.operations).toEqual([
    { op: 'test', path: '/metadata/resourceVersion', value: '41' },
    TEST_MARK,
    { op: 'test', path: '/spec/template/spec/initContainers/0/name', value: 'migrate' },
    { op: 'test', path: '/spec/template/spec/initContainers/0/image', value: 'migrate:v4' },
    { op: 'replace', path: '/spec/template/spec/initContainers/0/image', value: 'migrate:v5' },
  ]);
});

test('the template of another kind is not set', async () => {
  before = referring('ReplicaSet');

  expect(await rollouts.setImage(TARGET, { container: 'app', from: 'shop:v1', to: 'shop:v2' }, MINE)).toMatchObject({
    refused: true,
    detail: expect.stringContaining('takes its template from a ReplicaSet'),
  });
  expect(await rollouts.read(TARGET)).toMatchObject({ workload: { kind: 'ReplicaSet', name: 'app' }, images: {} });
});

test('a write of the status by a later act raises the epoch of the mark by a patch of its own before it', async () => {
  const raised = '{"release_id":"release/a","run_id":"1","epoch":4}';
  before = rollout();
  after = rollout({
    metadata: { annotations: { 'sluice.dev/owner': raised } },
    status: { currentStepIndex: 2, pauseConditions: undefined },
  });
  await rollouts.advance(TARGET, { podHash: 'new', stepIndex: 1 }, { ...MINE, epoch: 4 });

  expect(patches()).toMatchObject([
    {
      path: `${PATH}?fieldManager=sluice`,
      operations: [{ op: 'test', value: '41' }, TEST_MARK, { ...TEST_MARK, op: 'replace', value: raised }],
    },
  ]);
});

test('after the raised epoch the pause is ended from the answer of that patch, without another read', async () => {
  const raised = '{"release_id":"release/a","run_id":"1","epoch":4}';
  const metadata = { resourceVersion: '42', annotations: { 'sluice.dev/owner': raised } };
  after = rollout({ metadata });
  settled = rollout({ metadata, status: { currentStepIndex: 2, pauseConditions: undefined } });
  await rollouts.advance(TARGET, { podHash: 'new', stepIndex: 1 }, { ...MINE, epoch: 4 });

  expect(server.requests.slice(0, 3).map(({ method }) => method)).toEqual(['GET', 'PATCH', 'PATCH']);
  expect(patches()[1]).toMatchObject({
    path: `${PATH}/status?fieldManager=sluice`,
    operations: expect.arrayContaining([{ op: 'test', path: '/metadata/resourceVersion', value: '42' }]),
  });
});

test('the mark is one annotation, added or made with the map', async () => {
  const mark = '{"release_id":"release/x","run_id":"1"}';
  before = rollout({ metadata: { annotations: undefined } });
  await rollouts.claim(TARGET, { releaseId: 'release/x', runId: '1' });
  before = after = rollout({ metadata: { annotations: { other: 'kept' } } });
  await rollouts.claim(TARGET, { releaseId: 'release/x', runId: '1' });

  const guard = { op: 'test', path: '/metadata/resourceVersion', value: '41' };
  expect(patches()).toMatchObject([
    {
      path: `${PATH}?fieldManager=sluice`,
      operations: [guard, { op: 'add', path: '/metadata/annotations', value: { 'sluice.dev/owner': mark } }],
    },
    {
      path: `${PATH}?fieldManager=sluice`,
      operations: [guard, { op: 'add', path: '/metadata/annotations/sluice.dev~1owner', value: mark }],
    },
  ]);
});

test.each<[string, Parts, string]>([
  ['aborted', { status: { abort: true } }, 'aborted'],
  ['promoted in full', { status: { promoteFull: true } }, 'full promotion'],
  ['paused by hand', { spec: { paused: true } }, 'spec.paused'],
  [
    'paused by an analysis',
    { status: { pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: PAUSED_AT }] } },
    'InconclusiveAnalysisRun',
  ],
  ['of another template', { status: { currentPodHash: 'newer' } }, 'newer'],
  ['at an earlier step', { status: { currentStepIndex: 0 } }, 'at step 0'],
])('a Rollout that is %s is not promoted', async (_name, parts, reason) => {
  before = rollout(parts);

  expect(await rollouts.advance(TARGET, { podHash: 'new', stepIndex: 1 }, MINE)).toMatchObject({
    refused: true,
    detail: expect.stringContaining(reason),
  });
  expect(patches()).toEqual([]);
});

test.each<[string, Parts]>([
  ['has not reached its pause', { status: { controllerPause: false, pauseConditions: undefined } }],
  ['has a spec that the controller has not seen', { metadata: { generation: 4 } }],
])('a Rollout that %s is tried again later, and nothing is sent', async (_name, parts) => {
  before = rollout(parts);

  await expect(rollouts.advance(TARGET, { podHash: 'new', stepIndex: 1 }, MINE)).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  expect(patches()).toEqual([]);
});

test('an object of an unknown shape is an error that says where', async () => {
  before = { ...rollout(), status: { currentStepIndex: 'three' } };

  await expect(rollouts.read(TARGET)).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringContaining('currentStepIndex'),
  });
});
