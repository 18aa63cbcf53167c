import { afterEach, expect, test } from '@jest/globals';
import { SluiceError } from '../../../src/domain/errors.ts';
import { createFakeWorld } from '../../support/fake-world.ts';
import type { FakeWorld, FakeWorldOptions, Snapshot } from '../../support/fake-world.ts';

const MINE = { releaseId: 'release/a', runId: '1' };
let world: FakeWorld;

afterEach(() => world.stop());

async function atFirstPause(options: FakeWorldOptions = {}): Promise<Snapshot> {
  world = createFakeWorld(options);
  await world.ports.workload.claim(world.target, MINE);
  await world.ports.workload.setImage(world.target, { container: 'app', from: 'shop:v1', to: 'shop:v2' }, MINE);
  return world.until(({ paused }) => paused);
}

/** The next patch that is applied gets no answer. One that the controller was faster than is answered as usual. */
function loseAnswerOfPatch(): void {
  const patch = world.cluster.jsonPatch.bind(world.cluster);
  world.cluster.jsonPatch = async (...request) => {
    const result = await patch(...request);
    if (!result.applied) return result;
    world.cluster.jsonPatch = patch;
    throw new SluiceError('CLUSTER_UNREACHABLE', 'the answer was lost');
  };
}

test('a promote whose answer was lost is found done, and the next step is not skipped', async () => {
  const { podHash } = await atFirstPause();
  loseAnswerOfPatch();

  await world.ports.workload.advance(world.target, { podHash, stepIndex: 1 }, MINE);

  expect(await world.until(({ paused, stepIndex }) => paused && stepIndex === 3)).toMatchObject({ weight: 25 });
});

test('an image whose answer was lost is found set', async () => {
  world = createFakeWorld();
  await world.ports.workload.claim(world.target, MINE);
  loseAnswerOfPatch();

  expect(
    await world.ports.workload.setImage(world.target, { container: 'app', from: 'shop:v1', to: 'shop:v2' }, MINE),
  ).toMatchObject({ changed: false });
  expect(world.snapshot().image).toBe('shop:v2');
});

test('while the controller is down a promote is sent once and reported as not yet effective', async () => {
  const { podHash } = await atFirstPause();
  world.controllerDown(true);
  const at = { podHash, stepIndex: 1 };

  await expect(world.ports.workload.advance(world.target, at, MINE)).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(world.ports.workload.advance(world.target, at, MINE)).rejects.toMatchObject({ code: 'CONFLICT' });

  world.controllerDown(false);
  expect(await world.until(({ paused, stepIndex }) => paused && stepIndex === 3)).toMatchObject({ weight: 25 });
  expect(await world.ports.workload.advance(world.target, at, MINE)).toMatchObject({ changed: false });
});

test('an abort whose answer was lost is found done', async () => {
  const { podHash } = await atFirstPause();
  loseAnswerOfPatch();

  expect(await world.ports.workload.abort(world.target, { podHash }, MINE)).toMatchObject({ changed: false });
  expect(await world.until(({ phase }) => phase === 'Degraded')).toMatchObject({ weight: 0 });
});

test('an image that somebody else set makes promote and abort refuse', async () => {
  const { podHash } = await atFirstPause();
  world.foreignImage('shop:v3');
  await world.until((now) => now.podHash !== podHash);

  expect(await world.ports.workload.advance(world.target, { podHash, stepIndex: 1 }, MINE)).toMatchObject({
    refused: true,
  });
  expect(await world.ports.workload.abort(world.target, { podHash }, MINE)).toMatchObject({ refused: true });
});

test('after an abort the canary selector flaps, then settles on the stable hash', async () => {
  const { podHash, stableHash } = await atFirstPause({ flaps: 3 });
  const seen: string[] = [];
  world.cluster.onChange(() => seen.push(world.snapshot().candidateSelector ?? ''));

  await world.ports.workload.abort(world.target, { podHash }, MINE);
  await new Promise((resolve) => setTimeout(resolve, 60));

  expect(world.snapshot()).toMatchObject({ candidateSelector: stableHash, stableSelector: stableHash, weight: 0 });
  expect(seen).toContain(podHash);
});
