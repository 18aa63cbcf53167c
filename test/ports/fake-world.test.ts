import { afterAll, expect, test } from '@jest/globals';
import { createFakeWorld } from '../support/fake-world.ts';
import type { FakeWorld, FakeWorldOptions } from '../support/fake-world.ts';
import { metricsContract } from './evidence.contract.ts';
import { fenceContract } from './fence.contract.ts';
import { blueGreenContract, canaryContract } from './workload.contract.ts';
import type { RolloutsFixture } from './workload.contract.ts';
import { trafficContract } from './split.contract.ts';

const MINE = { releaseId: 'release/a', runId: '1' };
const worlds: FakeWorld[] = [];

function newWorld(options: FakeWorldOptions): FakeWorld {
  const world = createFakeWorld(options);
  worlds.push(world);
  return world;
}

afterAll(() => {
  for (const world of worlds) world.stop();
});

async function rolloutsFixture(options: FakeWorldOptions): Promise<RolloutsFixture> {
  const world = newWorld(options);
  return {
    rollouts: world.ports.workload,
    target: world.target,
    pauseByHand: async (paused) => world.pauseByHand(paused),
    ...(options.workloadRef && { workloadRef: true }),
  };
}

const steps = [{ setWeight: 5 }, { pause: {} }, { setWeight: 25 }, { pause: {} }];

canaryContract('fake world', () => rolloutsFixture({ steps }));
canaryContract('fake world, workloadRef', () => rolloutsFixture({ steps, workloadRef: true }));
blueGreenContract('fake world', () => rolloutsFixture({ strategy: 'blue-green' }));

trafficContract('fake world', async () => {
  const world = newWorld({ strategy: 'blue-green' });
  return { traffic: world.ports.split, ref: world.traffic, arms: world.arms };
});

metricsContract('fake world', async () => {
  const world = newWorld({ versions: { 'shop:v1': { errorShare: 0.2 } } });
  return { metrics: world.ports.evidence, busyService: world.metricsServices.stable, now: world.ports.now };
});

fenceContract('fake world', async () => {
  const world = newWorld({ strategy: 'blue-green' });
  const { workload, split } = world.ports;
  return { workload, split, target: world.target, ref: world.traffic, arms: world.arms };
});

test('a new template ends the flapping of an abort: the selector of a healthy Rollout stays', async () => {
  const world = newWorld({ steps, flaps: 5, timing: { flapMs: 60 } });
  const from = world.snapshot().image;
  await world.ports.workload.claim(world.target, MINE);
  await world.ports.workload.setImage(world.target, { container: 'app', from, to: 'shop:v2' }, MINE);
  const { podHash } = await world.until((now) => now.stepIndex === 1 && now.phase === 'Paused');
  await world.ports.workload.abort(world.target, { podHash }, MINE);
  await world.ports.workload.setImage(world.target, { container: 'app', from: 'shop:v2', to: from }, MINE);
  await world.until((now) => now.phase === 'Healthy');

  const seen = new Set<string | undefined>();
  for (let look = 0; look < 40; look += 1) {
    seen.add(world.snapshot().candidateSelector);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }

  expect([...seen]).toEqual([world.snapshot().stableHash]);
});
