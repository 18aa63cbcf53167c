import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';
import { TEST_MS, withRelease, type ReleaseUnderTest } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
let temporal: TestTemporal;
beforeAll(async () => {
  temporal = await startTestTemporal();
});
afterAll(() => temporal.stop());

/** An update to shop:v2 was aborted: the template has it, and users have shop:v1. */
async function aborted({ world }: ReleaseUnderTest): Promise<void> {
  world.foreignImage('shop:v2');
  await world.until(({ paused }) => paused);
  world.abortByHand();
  await world.until(({ phase }) => phase === 'Degraded');
}

test.each(['canary', 'blue-green'] as const)(
  'a %s release after an abort rolls back to the stable version, not to the aborted one',
  (strategy) =>
    withRelease(
      temporal,
      {
        spec: { strategy, image: 'shop:v3' },
        world: { strategy, flaps: 0, versions: { 'shop:v3': { errorShare: 0.4 } } },
        beforeStart: aborted,
      },
      async (one) => {
        expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
        expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', phase: 'Healthy', weight: 0 });
        expect(one.world.events.filter((event) => event === 'controller saw shop:v2')).toHaveLength(1);
      },
    ),
);
