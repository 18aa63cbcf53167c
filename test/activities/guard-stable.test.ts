import { expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import type { StableWatch } from '../../activities/guard.ts';
import type { Strategy } from '../support/fake-world-options.ts';
import { onStage, quietEnvironment, Stage } from '../support/builders-scene.ts';
import { releaseSpec, type SpecChanges } from '../support/builders.ts';

/** The new version is stable, no mark is left, and the stable Service answers for it. */
async function released(stage: Stage): Promise<StableWatch> {
  const last = stage.spec.strategy === 'blue-green' ? 1 : 2;
  await stage.atStep(last);
  const since = stage.world.now();
  await stage.run('promote', stage.scene);
  const settled = await stage.run('settle', stage.scene);
  if (settled.kind !== 'settled') throw new Error(settled.detail);
  await stage.run('unclaim', stage.scene);
  const { plan } = stage.scene;
  return {
    scene: { ...stage.scene, plan: { ...plan, candidate: plan.stable }, owner: { ...stage.owner, runId: 'guard-1' } },
    limits: stage.spec.analysis,
    since,
    from: settled.proof.at,
    index: plan.steps.length,
    wanted: 100,
    releasedBy: stage.owner.runId,
  };
}

const COMPARED: SpecChanges = {
  analysis: { sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05, slowerThanMs: [250] } },
};

test.each(['canary', 'blue-green'] as const)(
  'a %s version that turns bad after its release fails by its limits, with the requests of the stable Service',
  async (strategy: Strategy) => {
    await onStage(new Stage({ strategy }), async (stage) => {
      const watch = await released(stage);
      stage.world.behave('shop:v2', { errorShare: 0.5 });
      const alarm = await stage.run('guardStable', watch);
      expect(alarm).toMatchObject({ kind: 'failed', verdict: { outcome: 'fail' } });
    });
  },
);

test('a version without limits is compared with what the Service answered before the release', async () => {
  const { minSuccessRatio: _, maxP95Ms: __, ...spec } = releaseSpec(COMPARED).analysis;
  await onStage(new Stage({ strategy: 'blue-green' }, COMPARED), async (stage) => {
    const watch = { ...(await released(stage)), limits: spec };
    stage.world.behave('shop:v2', { errorShare: 0.1 });
    const alarm = await stage.run('guardStable', watch);
    expect(alarm).toMatchObject({ kind: 'failed' });
    expect(JSON.stringify(alarm)).toMatch(/past hour|last hour/);
  });
});

test.each([
  ['a foreign image', (stage: Stage) => stage.world.foreignImage('shop:v3'), /the image was changed to shop:v3/],
  [
    'the mark of another run',
    (stage: Stage) => stage.world.foreignOwner('rollout', { ...stage.owner, runId: 'run-2' }),
    /release\/dev\/shop\/shop took the target, with its run run-2/,
  ],
])('%s ends the watch, also after a failure', async (_, act, detail) => {
  await onStage(new Stage(), async (stage) => {
    const watch = await released(stage);
    stage.world.behave('shop:v2', { errorShare: 0.9 });
    const watching = stage.run('guardStable', { ...watch, failed: true });
    act(stage);
    expect(await watching).toMatchObject({ kind: 'superseded', detail: expect.stringMatching(detail) });
  });
});

test('a good version is watched without end; its share is no matter, and no Prometheus is no failure', async () => {
  await onStage(new Stage({}, COMPARED), async (stage) => {
    const watch = await released(stage);
    const environment = quietEnvironment();
    const watching = stage.in(environment, 'guardStable', watch);
    setTimeout(() => stage.world.metricsAway(true), 1_500);
    setTimeout(() => environment.cancel(), 3_500);
    await expect(watching).rejects.toThrow(CancelledFailure);
    expect(stage.world.calls.filter((call) => call === 'evidence.counters').length).toBeGreaterThan(2);
  });
});

test('a release that has marked the target ends its guard', async () => {
  await onStage(new Stage(), async (stage) => {
    await stage.planned();
    expect(stage.endedGuards).toEqual([stage.owner.runId]);
  });
});
