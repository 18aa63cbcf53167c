import { afterAll } from '@jest/globals';
import { createFakeWorld } from '../support/fake-world.ts';
import type { FakeWorld, FakeWorldOptions } from '../support/fake-world.ts';
import { metricsContract } from './metrics.contract.ts';
import { blueGreenContract, canaryContract } from './rollouts.contract.ts';
import type { RolloutsFixture } from './rollouts.contract.ts';
import { trafficContract } from './traffic.contract.ts';

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
  return { rollouts: world.ports.rollouts, target: world.target, pauseByHand: async (paused) => world.pauseByHand(paused) };
}

const steps = [{ setWeight: 5 }, { pause: {} }, { setWeight: 25 }, { pause: {} }];

canaryContract('fake world', () => rolloutsFixture({ steps }));
blueGreenContract('fake world', () => rolloutsFixture({ strategy: 'blue-green' }));

trafficContract('fake world', async () => {
  const world = newWorld({ strategy: 'blue-green' });
  return { traffic: world.ports.traffic, ref: world.traffic, arms: world.arms };
});

metricsContract('fake world', async () => {
  const world = newWorld({ versions: { 'shop:v1': { errorShare: 0.2 } } });
  return { metrics: world.ports.metrics, busyService: world.metricsServices.stable, now: world.ports.now };
});
