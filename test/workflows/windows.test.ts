import { afterAll, expect, jest, test } from '@jest/globals';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, TWO_STEPS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, scenario, body);

const LONG_SOAK = { analysis: { soakMs: 3_600_000 } } as const;
const open = (one: ReleaseUnderTest) => one.windows.open();
const closeBefore = (one: ReleaseUnderTest) => one.windows.close('go_back', 'freeze');
const told = (one: ReleaseUnderTest, text: RegExp) =>
  one.until(({ events }) => events.some((event) => text.test(event.text)));

test.concurrent(
  'a release that is started while its windows are closed changes nothing until they open, whatever their rule',
  release({ record: 'window-before-start', prepare: closeBefore }, async (one) => {
    const view = await one.until('waiting-for-window');
    expect(view).toMatchObject({
      reason: 'the windows of the target are closed by freeze',
      waiting: { for: 'window', answers: ['override-windows', 'abort'] },
      window: { open: false, by: ['freeze'], onClose: 'go_back' },
    });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0 });
    await expect(one.update('skip-analysis', { why: 'now' })).rejects.toThrow();
    one.windows.open();
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent(
  'an abort is not held: a release that waits for its windows ends and has changed nothing',
  release({ record: 'window-abort-before-start', prepare: closeBefore }, async (one) => {
    await one.until('waiting-for-window');
    await one.update('abort', { why: 'not needed any more' });
    expect(await one.ended()).toMatchObject({ state: 'refused' });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', rolloutOwner: undefined });
  }),
);

test.concurrent(
  'finish_step: the step is judged, the next weight waits, and it is judged again before it goes on',
  release({ record: 'window-finish-step', world: { steps: TWO_STEPS }, prepare: open }, async (one) => {
    await one.until('soaking');
    one.windows.close('finish_step', 'night');
    const view = await one.until('waiting-for-window');
    expect(view).toMatchObject({ weightWanted: 10, verdict: { outcome: 'pass' }, stepIndex: 0 });
    expect(one.world.snapshot().weight).toBe(10);
    one.windows.open();
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    const { events } = await one.view();
    const judged = events.filter(({ text }) => text === 'judging weight 10');
    expect(judged).toHaveLength(2);
  }),
);

test.concurrent(
  'a version that turns bad while its release waits for windows is rolled back: it is guarded, and a rollback is not held',
  release({ record: 'window-bad-while-closed', world: { steps: TWO_STEPS }, prepare: open }, async (one) => {
    await one.until('soaking');
    one.windows.close('finish_step', 'night');
    await one.until('waiting-for-window');
    one.world.behave('shop:v2', { errorShare: 0.6 });
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0 });
  }),
);

test.concurrent(
  'hold: a soak stops when the windows close, and its rest follows when they open',
  release({ record: 'window-hold', spec: LONG_SOAK, prepare: open }, async (one) => {
    await one.until('soaking');
    one.windows.close('hold', 'freeze');
    expect(await one.until('waiting-for-window')).toMatchObject({ weightWanted: 25, stepIndex: 0 });
    one.windows.open();
    await one.until('soaking');
    await one.update('skip-analysis', { why: 'the soak is an hour' });
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent(
  'go_back: windows that close roll the release back at once',
  release({ record: 'window-go-back', spec: LONG_SOAK, prepare: open }, async (one) => {
    await one.until('soaking');
    one.windows.close('go_back', 'freeze');
    expect(await one.ended()).toMatchObject({
      state: 'rolled-back',
      reason: expect.stringContaining('the windows of the target are closed by freeze'),
    });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0 });
  }),
);

test.concurrent(
  'an override needs a reason, covers the windows that are closed, and no other window that closes later',
  release({ record: 'window-override', world: { steps: TWO_STEPS }, prepare: closeBefore }, async (one) => {
    await one.until('waiting-for-window');
    await expect(one.update('override-windows')).rejects.toThrow();
    one.windows.close('finish_step', 'freeze');
    await told(one, /closed by freeze/);
    expect(await one.update('override-windows', { why: 'repairs the outage' })).toMatchObject({ outcome: 'accepted' });
    await one.until('soaking');
    one.windows.close('finish_step', 'freeze', 'night');
    const view = await one.until('waiting-for-window');
    expect(view.events.filter(({ text }) => text === 'windows overridden (freeze): repairs the outage')).toMatchObject([
      { who: 'ann' },
    ]);
    expect(view.weightWanted).toBe(10);
    await one.update('override-windows', { why: 'still needed' });
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent(
  'a failed step with auto-rollback off is not passed by a person while the windows are closed',
  release(
    {
      record: 'window-after-accepted-failure',
      world: { steps: TWO_STEPS, versions: { 'shop:v2': { errorShare: 0.6 } } },
      spec: { autoRollback: false },
      prepare: open,
    },
    async (one) => {
      await one.until((view) => view.waiting?.for === 'decision');
      one.windows.close('finish_step', 'night');
      await one.update('pause');
      await one.update('resume');
      void one.update('skip-analysis', { why: 'known errors' }).catch(() => undefined);
      expect(await one.until('waiting-for-window')).toMatchObject({ weightWanted: 10 });
      await one.update('abort');
      expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    },
  ),
);

/** As the worker starts it for an update that somebody else has made. */
const byUpdate = (one: ReleaseUnderTest) =>
  Object.assign(one.input, { update: { uid: 'u', revision: 2, podHash: 'p', tools: [] } });
const TIMED_STEP = [{ setWeight: 10 }, { pause: { duration: 100_000 } }];
const WATCHED = { strategy: 'watched-canary' };

test.concurrent(
  'the release of an update does not wait for windows where Argo goes on by itself, and says so',
  release(
    {
      world: { strategy: 'canary', steps: TIMED_STEP, versions: { 'shop:v2': { errorShare: 0.5 } } },
      spec: WATCHED,
      prepare: (one) => (closeBefore(one), void byUpdate(one)),
    },
    async (one) => {
      expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
      const { events, update } = await one.view();
      expect(events.map(({ text }) => text)).toContainEqual(
        'the windows of the target are closed by freeze; they do not hold an update that somebody else has begun, so it is judged now',
      );
      expect(update).toMatchObject({ revision: 2 });
    },
  ),
);

test.concurrent(
  'at an untimed pause the release of an update waits for its windows',
  release(
    {
      world: { strategy: 'canary' },
      spec: WATCHED,
      prepare: (one) => (one.windows.close('finish_step', 'freeze'), void byUpdate(one)),
    },
    async (one) => {
      expect(await one.until('waiting-for-window')).toMatchObject({ weightWanted: 25, verdict: { outcome: 'pass' } });
      one.windows.open();
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    },
  ),
);
