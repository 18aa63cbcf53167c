import { expect, test } from '@jest/globals';
import type { Runs } from '../../activities/runs.ts';
import { noteBeginning, requireWanted, StallMonitor } from '../../activities/stall.ts';
import type { Owner } from '../../src/domain/release/target.ts';
import type { ObjectRef } from '../../src/adapters/kubernetes/kinds.ts';
import { ROLLOUT, TRAEFIK_SERVICE, type Kind } from '../../src/adapters/kubernetes/kinds.ts';
import { onStage, quietEnvironment, Stage } from '../support/builders-scene.ts';

/** Holds the next patch of an object of `kind` back, as a worker that is stopped after its last read would. */
function stallNextPatch({ world }: Stage, kind: Kind): { readonly stalled: Promise<void>; readonly wake: () => void } {
  const patch = world.cluster.jsonPatch.bind(world.cluster);
  let wake = () => {};
  let reached = () => {};
  const awake = new Promise<void>((resolve) => (wake = resolve));
  const stalled = new Promise<void>((resolve) => (reached = resolve));
  world.cluster.jsonPatch = async (ref: ObjectRef, ...rest) => {
    if (ref.kind !== kind) return patch(ref, ...rest);
    world.cluster.jsonPatch = patch;
    reached();
    await awake;
    return patch(ref, ...rest);
  };
  return { stalled, wake };
}

async function rollBack(stage: Stage): Promise<void> {
  await stage.run('withdraw', stage.scene);
  await stage.run('awaitSettled', stage.scene);
  await stage.run('restoreTemplate', stage.scene);
}

test.each(['open', 'ended'] as const)(
  'a shift that stalls and wakes after the rollback of a release that is %s writes nothing',
  async (end) => {
    await onStage(new Stage({ strategy: 'blue-green' }, { steps: [20, 25, 100] }), async (stage) => {
      await stage.atStep();
      const { scene } = stage;
      const { stalled, wake } = stallNextPatch(stage, TRAEFIK_SERVICE);
      const first = stage.run('shift', { scene, index: 1 });
      await stalled;
      expect(await stage.run('shift', { scene, index: 1 })).toMatchObject({ kind: 'ready' });
      expect(stage.world.snapshot().weight).toBe(25);
      await rollBack(stage);
      if (end === 'ended') await stage.run('unclaim', stage.scene);

      wake();

      expect(await first).toMatchObject({ kind: 'superseded' });
      expect(stage.world.snapshot()).toMatchObject({ weight: 0, image: 'shop:v1' });
    });
  },
);

test.each(['open', 'ended'] as const)(
  'an image that goes from A to B and back to A is not set to B again by a start that woke late; the release is %s',
  async (end) => {
    await onStage(new Stage(), async (stage) => {
      await stage.planned();
      const { scene } = stage;
      const { stalled, wake } = stallNextPatch(stage, ROLLOUT);
      const first = stage.run('start', scene);
      await stalled;
      const started = await stage.run('start', scene);
      stage.scene = { ...stage.scene, newHash: (started as { newHash: string }).newHash };
      await rollBack(stage);
      if (end === 'ended') await stage.run('unclaim', stage.scene);
      expect(stage.world.snapshot()).toMatchObject({ image: 'shop:v1', phase: 'Healthy' });

      wake();

      expect(await first).toMatchObject({ kind: 'superseded' });
      expect(stage.world.snapshot().image).toBe('shop:v1');
    });
  },
);

test('a start that stalls before anything was set writes nothing after the rollback that found nothing to do', async () => {
  await onStage(new Stage({}, { restoreTemplate: false }), async (stage) => {
    await stage.planned();
    const { stalled, wake } = stallNextPatch(stage, ROLLOUT);
    const first = stage.run('start', stage.scene);
    await stalled;
    await stage.run('withdraw', stage.scene);
    wake();
    expect(await first).toMatchObject({ kind: 'superseded' });
    expect(stage.world.snapshot().image).toBe('shop:v1');
  });
});

test.each([
  ['the same release', 'release/dev/shop/shop'],
  ['a release under another name of the cluster', 'release/prod/shop/shop'],
])('the mark of an ended run of %s is taken over, that of an open run is not', async (_, releaseId) => {
  await onStage(new Stage({ strategy: 'blue-green' }), async (stage) => {
    await stage.atStep();
    const older: Owner = { releaseId, runId: 'run-0', epoch: 40 };
    stage.world.foreignOwner('traffic', older);
    const shift = () => stage.run('shift', { scene: stage.scene, index: 1 });
    expect(await shift()).toMatchObject({ kind: 'superseded', detail: expect.stringContaining('run-0') });
    stage.endedRuns.add('run-0');
    stage.wanted = false;
    expect(await shift()).toMatchObject({ kind: 'superseded' });
    stage.wanted = true;
    expect(await shift()).toMatchObject({ kind: 'ready' });
    expect(stage.world.snapshot()).toMatchObject({ weight: 100, trafficOwner: expect.stringContaining('run-1') });
  });
});

test('the mark of an ended run under another name of the cluster is taken over, and one of an open run is not', async () => {
  await onStage(new Stage(), async (stage) => {
    const { namespace, rollout } = stage.world.target;
    stage.world.foreignOwner('rollout', { releaseId: `release/other-name/${namespace}/${rollout}`, runId: 'run-0' });
    const plan = () => stage.run('preflight', { spec: stage.spec, owner: stage.owner });
    const { checks } = await plan();
    expect(checks.find(({ name }) => name === 'owner')).toMatchObject({ ok: false });
    stage.endedRuns.add('run-0');
    expect((await plan()).plan).toBeDefined();
    expect(stage.world.snapshot()).toMatchObject({ rolloutOwner: expect.stringContaining('run-1') });
  });
});

test('the mark of an ended run of another target is never taken over', async () => {
  await onStage(new Stage(), async (stage) => {
    stage.endedRuns.add('run-0');
    stage.world.foreignOwner('rollout', { releaseId: 'release/dev/shop/other', runId: 'run-0' });
    const { checks } = await stage.run('preflight', { spec: stage.spec, owner: stage.owner });
    expect(checks.find(({ name }) => name === 'owner')).toMatchObject({ ok: false });
  });
});

test.each([
  ['no stall', { monotonic: 1_900, wall: 1_900 }, 0],
  ['a stopped process', { monotonic: 2_500, wall: 2_500 }, 1],
  ['a suspended laptop, whose monotonic clock stood still', { monotonic: 0, wall: 60_000 }, 1],
  ['a wall clock that was set back', { monotonic: 10, wall: -60_000 }, 0],
])('before a write an attempt asks after a stall whether it is still wanted: %s', async (_, gap, questions) => {
  let now = { monotonic: 0, wall: 0 };
  let asked = 0;
  const attempt = async (wanted: boolean) => {
    const monitor = new StallMonitor({ monotonic: () => now.monotonic, wall: () => now.wall });
    const runs: Runs = {
      hasEnded: async () => false,
      isWanted: async () => ((asked += 1), wanted),
      endGuard: async () => undefined,
      viewOf: async () => undefined,
    };
    noteBeginning(monitor);
    now = { monotonic: now.monotonic + gap.monotonic, wall: now.wall + gap.wall };
    await requireWanted(runs, monitor);
    await requireWanted(runs, monitor);
  };
  await quietEnvironment().run(attempt, true);
  expect(asked).toBe(questions);
  const unwanted = quietEnvironment().run(attempt, false);
  if (questions > 0) await expect(unwanted).rejects.toMatchObject({ code: 'CONFLICT' });
  else await unwanted;
});

test('a rollback whose mark was removed asks a person instead of writing', async () => {
  await onStage(new Stage(), async (stage) => {
    await stage.atStep();
    stage.world.removeOwner('rollout');
    await expect(stage.run('withdraw', stage.scene)).rejects.toMatchObject({ type: 'MARK_LOST', nonRetryable: true });
    expect(stage.world.snapshot()).toMatchObject({ aborted: false, weight: 5 });
  });
});

test.each(['rollout', 'traffic'] as const)('without its mark on the %s a release writes nothing there', async (on) => {
  await onStage(new Stage({ strategy: 'blue-green' }), async (stage) => {
    if (on === 'rollout') await stage.planned();
    else await stage.atStep();
    stage.world.removeOwner(on);
    const before = stage.world.snapshot();
    const written =
      on === 'rollout' ? stage.run('start', stage.scene) : stage.run('shift', { scene: stage.scene, index: 1 });
    expect(await written).toMatchObject({ kind: 'superseded', detail: expect.stringContaining('no owner mark') });
    expect(stage.world.snapshot()).toEqual(before);
  });
});
