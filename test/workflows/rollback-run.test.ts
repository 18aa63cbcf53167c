import { afterAll, expect, jest, test } from '@jest/globals';
import type { Recover } from '../../src/domain/release/plan.ts';
import type { ReleaseView } from '../../src/domain/release/view.ts';
import { RELEASE_WORKFLOW } from '../../workflows/messages.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, TWO_STEPS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, scenario, body);

function recoverOf({ plan, newHash, stepIndex }: ReleaseView): Recover {
  if (!plan) throw new Error('the release has no plan');
  return { plan, stepIndex, weightWanted: 100, reason: 'asked for', ...(newHash !== undefined && { newHash }) };
}

async function rollBack(one: ReleaseUnderTest): Promise<void> {
  const args = [{ ...one.input, requestId: 'back', recover: recoverOf(await one.view()), rollback: true }];
  await temporal.client.workflow.start(RELEASE_WORKFLOW, { workflowId: one.id, taskQueue: one.taskQueue, args });
  one.handle = temporal.client.workflow.getHandle(one.id);
}

for (const strategy of ['canary', 'blue-green'] as const) {
  test.concurrent(
    `a ${strategy} version that is stable already is replaced by the one before it, with proof`,
    release({ record: `rollback-run-${strategy}-audited`, world: { strategy, steps: TWO_STEPS } }, async (one) => {
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
      await rollBack(one);

      expect(await one.ended()).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringContaining('asked for; shop:v1 is stable again and has all traffic'),
      });
      expect((await one.view()).proof).toMatchObject({ wanted: 0, effective: 'proved' });
      const { stableHash, podHash, ...now } = one.world.snapshot();
      expect(now).toMatchObject({ image: 'shop:v1', weight: 0, phase: 'Healthy', rolloutOwner: undefined });
      expect(stableHash).toBe(podHash);
      expect(one.world.violations).toEqual([]);
    }),
  );

  test.concurrent(
    `a ${strategy} rollback leaves an image alone that somebody else set meanwhile`,
    release({ world: { strategy, versions: { 'shop:v1': { readyAfterMs: Infinity } } } }, async (one) => {
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
      await rollBack(one);
      await one.world.until(({ image }) => image === 'shop:v1', 30_000);
      one.world.foreignImage('shop:v3');

      expect(await one.ended()).toMatchObject({
        state: 'superseded',
        reason: expect.stringContaining('the image was changed to shop:v3; it was not touched'),
      });
    }),
  );
}
