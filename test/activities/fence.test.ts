import { expect, test } from '@jest/globals';
import type { ObjectRef } from '../../src/adapters/kubernetes/kinds.ts';
import { ROLLOUT, TRAEFIK_SERVICE, type Kind } from '../../src/adapters/kubernetes/kinds.ts';
import { onStage, Stage } from '../support/builders-scene.ts';

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
