import { afterAll, expect, jest, test } from '@jest/globals';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, withRelease, type ReleaseUnderTest } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

/** An earlier run of the same release, whose mark is on both objects. Nobody carries it out. */
async function earlierRun(one: ReleaseUnderTest): Promise<string> {
  const { firstExecutionRunId: runId } = await temporal.client.workflow.start('release', {
    workflowId: one.id,
    taskQueue: `${one.taskQueue}-nobody`,
    args: [one.input],
  });
  await temporal.client.workflow.getHandle(one.id, runId).terminate('by hand');
  return runId;
}

function mark(one: ReleaseUnderTest, runId: string, namespace = 'default'): void {
  const owner = { releaseId: one.id, runId, temporal: namespace, epoch: 7 };
  for (const on of ['rollout', 'traffic'] as const) one.world.foreignOwner(on, owner);
}

/** The release starts only when its worker runs, so that marks can be set before. */
const marked = (runOf: (one: ReleaseUnderTest) => Promise<string>, namespace?: string) => ({
  world: {},
  beforeStart: async (one: ReleaseUnderTest) => mark(one, await runOf(one), namespace),
});

test('the mark of a terminated run is taken over, and its epoch starts anew', () =>
  withRelease(temporal, marked(earlierRun), async (one) => {
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v2', rolloutOwner: undefined, trafficOwner: undefined });
  }));

test.each([
  ['a run that this Temporal does not know', async () => '00000000-0000-4000-8000-000000000000', undefined],
  ['a run in another namespace', earlierRun, 'elsewhere'],
] as const)('the mark of %s is respected', async (_, runOf, namespace) =>
  withRelease(temporal, marked(runOf, namespace), async (one) => {
    expect(await one.ended()).toMatchObject({ state: 'refused', reason: expect.stringContaining('held by') });
    expect(one.world.snapshot().rolloutOwner).toContain('"epoch":7');
  }),
);

test('each act of a release raises the epoch of its mark, with the Temporal namespace in it', () =>
  withRelease(temporal, { spec: { manualPromotion: true } }, async (one) => {
    const epochs: number[] = [];
    await one.until((view) => view.waiting?.for === 'promotion');
    epochs.push(one.world.holder().epoch ?? 0);
    expect(one.world.holder()).toMatchObject({ releaseId: one.id, temporal: 'default' });
    await one.update('abort');
    epochs.push(one.world.holder().epoch ?? 0);
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    expect(epochs[1]).toBeGreaterThan(epochs[0] as number);
  }));
