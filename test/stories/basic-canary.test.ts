import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { PlanOutput } from '../../src/toolsets/release/plan-output.ts';
import { BY_METRIC, openBasicCanary, REPLICAS, type BasicCanary } from '../support/basic-canary-stage.ts';
import { expectEnd, expectNoOtherFailures } from '../support/releases-proof.ts';
import { eventually } from '../support/releases-wait.ts';

jest.setTimeout(600_000);

const APP = `basic-${Date.now().toString(36).slice(-4)}`;
const STEPS = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '20s' } }];
const WATCH = { strategy: 'watched-canary', split: 'argo-status', analysis: BY_METRIC };

let basic: BasicCanary;

beforeAll(async () => {
  basic = await openBasicCanary(APP, STEPS);
}, 900_000);

afterAll(() => basic?.stop(), 120_000);

test('the plan says whose word the weights are, and refuses a release that nothing would judge', async () => {
  const { lane, stage } = basic;
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
  const { stage, read } = basic;
  const release = await stage.start('', WATCH);
  await expectEnd(release, 'succeeded');
  const { verdict, weights } = await release.story();
  expect(verdict?.findings.map(({ metric, outcome }) => `${metric} ${outcome}`)).toEqual(['failed-answers pass']);
  expect(weights).toMatchObject({ wanted: 0, effective: 'reported', replicas: [] });
  const rollout = await read();
  expect([stage.cluster.image(rollout), rollout.phase, rollout.owner]).toEqual([release.image, 'Healthy', undefined]);
  expect(rollout.stableHash).toBe(rollout.podHash);
  await expectNoOtherFailures(stage);
});

test('a bad version is aborted, and every pod is of the stable version again', async () => {
  const { stage, read } = basic;
  const before = stage.cluster.image(await read());
  const release = await stage.start('errors-60', WATCH);
  await expectEnd(release, 'rolled-back');
  const { verdict, weights } = await release.story();
  expect(verdict?.findings).toEqual([expect.objectContaining({ metric: 'failed-answers', outcome: 'fail' })]);
  expect(weights).toMatchObject({ wanted: 0, effective: 'reported' });
  expect(weights?.reason).toContain(`0 of ${REPLICAS} available pods are not of the stable version`);
  const rollout = await eventually('the Rollout is Healthy again', async () => {
    const seen = await read();
    return seen.phase === 'Healthy' ? seen : undefined;
  });
  expect([stage.cluster.image(rollout), rollout.owner]).toEqual([before, undefined]);
  await expectNoOtherFailures(stage, [release.image]);
});
