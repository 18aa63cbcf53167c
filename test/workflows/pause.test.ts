import { afterAll, expect, jest, test } from '@jest/globals';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, scenario, body);

/** Long enough that every deadline of these releases would have passed. */
async function passes(one: ReleaseUnderTest, ms: number): Promise<void> {
  const began = Date.now();
  await one.until(() => Date.now() - began > ms);
}

test.concurrent(
  'a pause stops the soak and resume goes on',
  release({ record: 'pause-soak', spec: { analysis: { soakMs: 1_000 } } }, async (one) => {
    await one.until('soaking');
    expect(await one.update('pause', { why: 'lunch' })).toMatchObject({
      outcome: 'applied',
      detail: "paused while soaking; the release's clock stands still",
    });
    await passes(one, 1_500);
    expect(await one.view()).toMatchObject({ state: 'paused', reason: expect.stringContaining('weight 25') });
    expect(one.world.snapshot().weight).toBe(25);
    expect(await one.update('resume')).toMatchObject({ outcome: 'applied', detail: 'goes on: soaking' });
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent(
  'a pause stops the deadline of an approval',
  release({ record: 'pause-approval', spec: { approval: true, timeouts: { approvalMs: 8_000 } } }, async (one) => {
    await one.until('waiting-for-approval');
    await one.update('pause');
    await passes(one, 9_000);
    expect(await one.update('approve')).toMatchObject({ outcome: 'applied' });
    expect(await one.view()).toMatchObject({ state: 'paused' });
    await passes(one, 300);
    expect(one.world.snapshot().image).toBe('shop:v1');
    await one.update('resume');
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent(
  'the deadline of a step stands still while the release is paused',
  release(
    {
      record: 'pause-step',
      world: { versions: { 'shop:v2': { readyAfterMs: 6_000 } } },
      spec: { timeouts: { stepMs: 4_000 } },
    },
    async (one) => {
      await one.until('starting');
      await one.update('pause');
      await one.world.until(({ weight }) => weight === 25, 15_000);
      await one.update('resume');
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    },
  ),
);

test.concurrent(
  'a pause stops the deadline of a question',
  release(
    { record: 'pause-question', spec: { manualPromotion: true, timeouts: { decisionMs: 8_000 } } },
    async (one) => {
      await one.until((view) => view.waiting?.for === 'promotion');
      await one.update('pause');
      await passes(one, 9_000);
      await expect(one.update('promote')).rejects.toMatchObject({ cause: { type: 'NOT_WAITING' } });
      await one.update('resume');
      await one.update('promote');
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    },
  ),
);

test.concurrent(
  'nothing advances while paused, also when the verdict is in',
  release({ spec: { analysis: { soakMs: 300 } } }, async (one) => {
    await one.until('soaking');
    await one.update('pause');
    await passes(one, 1_000);
    expect(one.world.calls.filter((call) => call === 'workload.advance')).toEqual([]);
  }),
);

test.concurrent(
  'a version that fails while the release is paused goes back',
  release({ record: 'guard-paused', spec: { analysis: { soakMs: 30_000 } } }, async (one) => {
    await one.until('soaking');
    await one.update('pause');
    one.world.behave('shop:v2', { errorShare: 0.9 });
    expect(await one.ended()).toMatchObject({ state: 'rolled-back', reason: expect.stringContaining('success ratio') });
  }),
);

test.concurrent(
  'abort ends a pause',
  release({}, async (one) => {
    await one.signal('pause');
    await one.until('paused');
    expect(await one.update('abort')).toMatchObject({ outcome: 'applied' });
    expect((await one.ended()).state).toMatch(/refused|rolled-back/);
  }),
);
