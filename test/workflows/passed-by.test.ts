import { afterAll, expect, jest, test } from '@jest/globals';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, TWO_STEPS, withRelease } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

const strategies = ['canary', 'blue-green'] as const;

test.concurrent.each(strategies)('%s: a version that Argo takes past every step goes back', async (strategy) => {
  await withRelease(
    temporal,
    {
      world: { steps: TWO_STEPS, fastTracked: 'shop:v2', strategy },
      spec: { strategy },
      record: `passed-by-${strategy}`,
    },
    async (one) => {
      const { state, reason } = await one.ended();
      expect([state, reason]).toEqual(['rolled-back', expect.stringContaining('went past the first step')]);
      expect(reason).toContain('shop:v1 is stable again');
      const now = one.world.snapshot();
      expect(now).toMatchObject({ image: 'shop:v1', weight: 0, rolloutOwner: undefined, trafficOwner: undefined });
      expect([now.stableHash, now.stableSelector]).toEqual([now.podHash, now.podHash]);
    },
  );
});

test.concurrent.each(strategies)(
  '%s: where the release accepts it, the end says what was not judged',
  async (strategy) => {
    await withRelease(
      temporal,
      {
        world: { steps: TWO_STEPS, fastTracked: 'shop:v2', strategy },
        spec: { strategy, acceptFastTrack: true },
        record: `passed-by-accepted-${strategy}`,
      },
      async (one) => {
        const { state, reason } = await one.ended();
        expect([state, reason]).toEqual(['succeeded', expect.stringContaining('not judged: step 1')]);
        expect(one.world.snapshot()).toMatchObject({ image: 'shop:v2', weight: 0, rolloutOwner: undefined });
      },
    );
  },
);
