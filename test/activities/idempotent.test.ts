import { expect, test } from '@jest/globals';
import type { Activities } from '../../activities/index.ts';
import type { Strategy } from '../support/fake-world-options.ts';
import { onStage, Stage } from '../support/builders-scene.ts';

/** Runs an activity twice; the world must not change the second time. */
async function twice<Name extends keyof Activities>(stage: Stage, name: Name, ...input: Parameters<Activities[Name]>) {
  const first = await stage.run(name, ...input);
  const before = stage.world.snapshot();
  const second = await stage.run(name, ...input);
  expect(stage.world.snapshot()).toEqual(before);
  return [first, second] as const;
}

const STRATEGIES: readonly Strategy[] = ['canary', 'blue-green'];

test.each(STRATEGIES)('%s: every activity of a good release may run twice', async (strategy) => {
  await onStage(new Stage({ strategy }), async (stage) => {
    const [found, again] = await twice(stage, 'preflight', { spec: stage.spec, owner: stage.owner });
    expect(again.plan).toEqual(found.plan);
    await stage.planned();
    const [started, restarted] = await twice(stage, 'start', stage.scene);
    expect(restarted).toEqual(started);
    stage.scene = { ...stage.scene, newHash: (started as { newHash: string }).newHash };
    for (const index of stage.scene.plan.steps.keys()) {
      expect(await twice(stage, 'shift', { scene: stage.scene, index })).toMatchObject([
        { kind: 'ready' },
        { kind: 'ready' },
      ]);
      expect(await twice(stage, 'verify', { scene: stage.scene, wanted: stage.weight(index) })).toMatchObject([
        { kind: 'in-force' },
        { kind: 'in-force' },
      ]);
    }
    expect(await stage.run('promote', stage.scene)).toMatchObject({ kind: 'ready' });
    expect(await stage.run('promote', stage.scene)).toMatchObject({ kind: 'ready' });
    expect(await twice(stage, 'settle', stage.scene)).toMatchObject([{ kind: 'settled' }, { kind: 'settled' }]);
    await twice(stage, 'unclaim', stage.scene);
    expect(stage.world.snapshot()).toMatchObject({
      image: 'shop:v2',
      weight: 0,
      rolloutOwner: undefined,
      trafficOwner: undefined,
    });
    expect(stage.world.events.filter((event) => event.startsWith('stable is'))).toHaveLength(1);
  });
});

test.each(STRATEGIES)('%s: every activity of a rollback may run twice', async (strategy) => {
  await onStage(new Stage({ strategy }), async (stage) => {
    await stage.atStep(1);
    const withdrawn = [await stage.run('withdraw', stage.scene), await stage.run('withdraw', stage.scene)];
    expect(withdrawn).toMatchObject([{ kind: 'withdrawn' }, { kind: 'withdrawn' }]);
    expect(await twice(stage, 'awaitSettled', stage.scene)).toMatchObject([{ kind: 'settled' }, { kind: 'settled' }]);
    expect(await twice(stage, 'restoreTemplate', stage.scene)).toMatchObject([
      { kind: 'restored' },
      { kind: 'restored' },
    ]);
    expect(await stage.run('withdraw', stage.scene)).toMatchObject({ kind: 'withdrawn' });
    expect(stage.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0, phase: 'Healthy' });
    expect(stage.world.violations).toEqual([]);
  });
});

test.each(STRATEGIES)('%s: a shift whose answer was lost is not made twice', async (strategy) => {
  await onStage(new Stage({ strategy }), async (stage) => {
    await stage.atStep();
    stage.world.failCluster(1, 'CLUSTER_UNREACHABLE', true);
    await stage.run('shift', { scene: stage.scene, index: 1 }).catch(() => undefined);
    expect(await stage.run('shift', { scene: stage.scene, index: 1 })).toMatchObject({ kind: 'ready' });
    await stage.run('verify', { scene: stage.scene, wanted: stage.weight(1) });
    expect(stage.world.snapshot().weight).toBe(stage.weight(1));
  });
});

test('an abort before anything was set changes nothing but the epoch of the marks, and is proved', async () => {
  await onStage(new Stage(), async (stage) => {
    await stage.planned();
    const before = stage.world.snapshot();
    expect(await stage.run('withdraw', stage.scene)).toMatchObject({
      kind: 'withdrawn',
      proof: { effective: 'proved', wanted: 0 },
    });
    const marks = { rolloutOwner: expect.stringContaining('"epoch":2'), trafficOwner: expect.any(String) };
    expect(stage.world.snapshot()).toEqual({ ...before, ...marks });
  });
});

test('a canary that was observed is aborted on that one reading: seconds count', async () => {
  await onStage(new Stage(), async (stage) => {
    await stage.atStep();
    const before = stage.world.calls.length;
    await stage.run('withdraw', stage.scene);
    const calls = stage.world.calls.slice(before);
    expect(calls.slice(0, calls.indexOf('workload.abort'))).toEqual(['workload.fence', 'split.fence', 'workload.read']);
  });
});

test('a canary whose new image the controller has not seen yet is read again before it is aborted', async () => {
  await onStage(new Stage(), async (stage) => {
    await stage.atStep();
    stage.world.controllerDown(true);
    stage.world.pauseByHand(true);
    setTimeout(() => stage.world.controllerDown(false), 300);
    const before = stage.world.calls.length;
    expect(await stage.run('withdraw', stage.scene)).toMatchObject({ kind: 'withdrawn' });
    const calls = stage.world.calls.slice(before);
    expect(
      calls.slice(0, calls.indexOf('workload.abort')).filter((call) => call === 'workload.read').length,
    ).toBeGreaterThan(1);
  });
});
