import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { PlanOutput } from '../../src/toolsets/release/plan-output.ts';
import { BY_METRIC, openBasicCanary, REPLICAS, type BasicCanary } from '../support/basic-canary-stage.ts';
import { expectEnd, expectNoOtherFailures } from '../support/releases-proof.ts';

jest.setTimeout(600_000);

const APP = `rolling-${Date.now().toString(36).slice(-4)}`;
const STEPS = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }];
const ROLLING = { strategy: 'rolling', analysis: BY_METRIC };

let basic: BasicCanary;

beforeAll(async () => {
  basic = await openBasicCanary(APP, STEPS);
}, 900_000);

afterAll(() => basic?.stop(), 120_000);

test('a Rollout without a router is planned as rolling, also if the file names no strategy', async () => {
  const { lane, stage } = basic;
  for (const strategy of ['rolling', undefined]) {
    const plan = await lane.mcp.call<PlanOutput>('release_plan', stage.file('shop:v2', { ...ROLLING, strategy }));
    expect(plan.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(plan).toMatchObject({ strategy: 'rolling', weights: [25, 50], limits: { judge: 'metrics' } });
  }
});

test('a good version is held at each pause, judged by the own metric, and promoted', async () => {
  const { stage, read } = basic;
  const release = await stage.start('', { ...ROLLING, require_manual_promotion: true });
  for (const [index, pods] of [
    [0, 1],
    [1, 2],
  ] as const) {
    const held = await release.until(
      'it waits for promote',
      ({ waiting, weights }) => waiting?.for === 'promotion' && weights?.wanted === STEPS[2 * index]?.setWeight,
    );
    expect(held.weights).toMatchObject({ effective: 'reported', replicas: [] });
    expect(held.weights?.reason).toContain(`${pods} of ${REPLICAS} available pods`);
    expect((await read()).stepIndex).toBe(2 * index + 1);
    await release.promote();
  }
  await expectEnd(release, 'succeeded');
  const { verdict, weights } = await release.story();
  expect(verdict?.findings.map(({ metric, outcome }) => `${metric} ${outcome}`)).toEqual(['failed-answers pass']);
  expect(weights).toMatchObject({ wanted: 0, effective: 'reported' });
  const rollout = await read();
  expect([stage.cluster.image(rollout), rollout.phase, rollout.owner]).toEqual([release.image, 'Healthy', undefined]);
  await expectNoOtherFailures(stage);
});

test('a bad version is taken back from its first pause, and every pod is of the stable version again', async () => {
  const { stage, read } = basic;
  const before = stage.cluster.image(await read());
  const release = await stage.start('errors-60', ROLLING);
  await expectEnd(release, 'rolled-back');
  const { verdict, weights } = await release.story();
  expect(verdict?.findings).toEqual([expect.objectContaining({ metric: 'failed-answers', outcome: 'fail' })]);
  expect(weights).toMatchObject({ wanted: 0, effective: 'reported' });
  expect(weights?.reason).toContain(`0 of ${REPLICAS} available pods are not of the stable version`);
  const rollout = await read();
  expect([stage.cluster.image(rollout), rollout.owner]).toEqual([before, undefined]);
  await expectNoOtherFailures(stage, [release.image]);
});
