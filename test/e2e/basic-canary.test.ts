import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { applyApplication, removeApplication } from '../../sandbox/index.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { INGRESS_ROUTE, ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import { createWorkload } from '../../src/targets/argo-rollout/workload.ts';
import type { PlanOutput } from '../../src/toolsets/release/plan-output.ts';
import { Cluster } from '../support/releases-cluster.ts';
import { openLane, type Lane } from '../support/releases-lane.ts';
import { expectEnd, expectNoOtherFailures } from '../support/releases-proof.ts';
import { NAMESPACE, Stage } from '../support/releases-stage.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(600_000);

const RUN = Date.now().toString(36).slice(-4);
const APP = `basic-${RUN}`;
const BEFORE = 'shop:v1';
const REPLICAS = 4;

const answers = (more = '') =>
  `sum(rate(client_requests_total{namespace="{{args.namespace}}", pod=~"{{args.rollout}}-{{args.hash}}-.*"${more}}[5s]))`;

/** The user's own metric, by the names of the pods. */
const METRICS = [
  {
    name: 'failed-answers',
    kind: 'pair',
    query: `(${answers(', code=~"5.."')} or vector(0)) / (${answers()} > 0)`,
    max_increase: 0.1,
    interval: '2s',
  },
];
/** Fields of the usual release file that need counts are left out. */
const WITHOUT_COUNTS = { judge: undefined, min_requests: undefined, success_ratio: undefined, p95_ms: undefined };
const WATCH = {
  strategy: 'watched-canary',
  split: 'argo-status',
  analysis: { ...WITHOUT_COUNTS, soak: '6s', metrics: METRICS, hold: '60s' },
};

let lane: Lane;
let stage: Stage;

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  lane = await openLane(sandbox, { name: `basic-${RUN}` });
  await applyApplication(sandbox, { name: APP, namespace: NAMESPACE, strategy: 'canary', image: BEFORE, rps: 60 });
  stage = new Stage(sandbox, lane, new Cluster(sandbox), APP, 'canary');
  const client = createClusters({ kubeconfig: sandbox.kubeconfig }).client(sandbox.context);
  const at = { namespace: NAMESPACE, name: APP };
  // One Service for the pods of both versions, which Argo leaves alone.
  const route = {
    kind: 'Rule',
    match: `Host(\`${APP}.${NAMESPACE}.local\`)`,
    services: [{ name: `${APP}-stable`, port: 8080 }],
  };
  const canary = {
    trafficRouting: null,
    stableService: null,
    canaryService: null,
    abortScaleDownDelaySeconds: null,
    steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '20s' } }],
  };
  await client.mergePatch({ kind: ROLLOUT, ...at }, { spec: { replicas: REPLICAS, strategy: { canary } } });
  await client.jsonPatch({ kind: INGRESS_ROUTE, ...at }, [{ op: 'replace', path: '/spec/routes', value: [route] }]);
  await stage.cluster.untilHealthy(stage.target, BEFORE);
}, 900_000);

afterAll(async () => {
  await lane?.stop();
  if (stage) await removeApplication(stage.sandbox, APP, NAMESPACE);
}, 120_000);

const readRollout = () => createWorkload(createClusters({ kubeconfig: stage.sandbox.kubeconfig })).read(stage.target);

test('the plan says whose word the weights are, and refuses a release that nothing would judge', async () => {
  const plan = await lane.mcp.call<PlanOutput>('release_plan', stage.file('shop:v2', WATCH));
  expect(plan.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(plan.limits).toMatchObject({
    judge: 'metrics',
    metrics: [expect.objectContaining({ name: 'failed-answers' })],
  });
  expect(plan.traefik_service).toBeUndefined();
  const of = (name: string) => plan.checks.find((one) => one.name === name)?.detail;
  expect(of('traffic')).toContain(`0 of ${REPLICAS} available pods are not of the stable version`);
  expect(of('traffic')).toContain("Argo's word");

  const without = { ...WATCH, analysis: { ...WATCH.analysis, metrics: undefined } };
  const refused = await lane.mcp.call<PlanOutput>('release_plan', stage.file('shop:v2', without));
  expect(refused.checks.filter(({ ok }) => !ok)).toEqual([expect.objectContaining({ name: 'metrics' })]);
});

test('a good version passes each weight by the own metric, and Argo is believed, not proved', async () => {
  const release = await stage.start('', WATCH);
  await expectEnd(release, 'succeeded');
  const { verdict, weights } = await release.story();
  expect(verdict?.findings.map(({ metric, outcome }) => `${metric} ${outcome}`)).toEqual(['failed-answers pass']);
  expect(weights).toMatchObject({ wanted: 0, effective: 'reported', replicas: [] });
  const rollout = await readRollout();
  expect([stage.cluster.image(rollout), rollout.phase, rollout.owner]).toEqual([release.image, 'Healthy', undefined]);
  expect(rollout.stableHash).toBe(rollout.podHash);
  await expectNoOtherFailures(stage);
});

test('a bad version is aborted, and every pod is of the stable version again', async () => {
  const before = stage.cluster.image(await readRollout());
  const release = await stage.start('errors-60', WATCH);
  await expectEnd(release, 'rolled-back');
  const { verdict, weights } = await release.story();
  expect(verdict?.findings).toEqual([expect.objectContaining({ metric: 'failed-answers', outcome: 'fail' })]);
  expect(weights).toMatchObject({ wanted: 0, effective: 'reported' });
  expect(weights?.reason).toContain(`0 of ${REPLICAS} available pods are not of the stable version`);
  const rollout = await eventually('the Rollout is Healthy again', async () => {
    const seen = await readRollout();
    return seen.phase === 'Healthy' ? seen : undefined;
  });
  expect([stage.cluster.image(rollout), rollout.owner]).toEqual([before, undefined]);
  await expectNoOtherFailures(stage, [release.image]);
});
