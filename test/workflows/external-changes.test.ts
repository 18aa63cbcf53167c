import { afterAll, expect, jest, test } from '@jest/globals';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, TWO_STEPS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, scenario, body);
const forPromotion = (one: ReleaseUnderTest) => one.until((view) => view.waiting?.for === 'promotion');

interface Case extends Scenario {
  readonly state: string;
  readonly hold: (one: ReleaseUnderTest) => Promise<unknown>;
  readonly after?: (one: ReleaseUnderTest) => Promise<unknown>;
}

const CASES: readonly Case[] = [
  {
    state: 'waiting for approval',
    spec: { approval: true },
    hold: (one) => one.until('waiting-for-approval'),
    after: (one) => one.update('approve'),
  },
  {
    state: 'starting',
    world: { versions: { 'shop:v2': { readyAfterMs: Infinity } } },
    hold: (one) => one.world.until(({ image }) => image === 'shop:v2', 60_000),
  },
  {
    state: 'verifying',
    spec: { approval: true },
    hold: async (one) => {
      await one.until('waiting-for-approval');
      one.world.silenceReplica('traefik-2', true);
      await one.update('approve');
      await one.until('verifying');
    },
  },
  { state: 'soaking', spec: { analysis: { soakMs: 60_000 } }, hold: (one) => one.until('soaking') },
  {
    state: 'paused',
    spec: { analysis: { soakMs: 60_000 } },
    hold: async (one) => (await one.until('soaking'), one.update('pause')),
  },
  { state: 'waiting for promotion', spec: { manualPromotion: true }, hold: forPromotion },
  {
    state: 'waiting without data',
    spec: { analysis: { holdMs: 50 } },
    hold: async (one) => (one.world.metricsEmpty(true), one.until((view) => view.waiting?.for === 'decision')),
  },
  {
    state: 'waiting after a failed verdict',
    spec: { autoRollback: false },
    world: { versions: { 'shop:v2': { errorShare: 0.5 } } },
    hold: (one) => one.until((view) => view.waiting?.for === 'decision'),
  },
  {
    state: 'aborting',
    spec: { analysis: { soakMs: 60_000 } },
    world: { abortScaleDownDelaySeconds: 1_000 },
    hold: async (one) => {
      await one.until('soaking');
      await one.update('abort');
    },
  },
];

test.concurrent.each(CASES)(
  'another image while $state ends the release and is left alone',
  async ({ state, hold, after, world, spec }) => {
    const scenario = {
      record: `superseded-${state.replaceAll(' ', '-')}`,
      ...(world ? { world } : {}),
      ...(spec ? { spec } : {}),
    };
    await withRelease(temporal, scenario, async (one) => {
      await hold(one);
      one.world.foreignImage('shop:v3');
      await after?.(one);
      expect(await one.ended()).toMatchObject({ state: 'superseded', reason: expect.stringContaining('shop:v3') });
      expect(one.world.snapshot()).toMatchObject({
        image: 'shop:v3',
        aborted: state === 'aborting' && one.world.snapshot().aborted,
        rolloutOwner: undefined,
      });
    });
  },
);

test.concurrent(
  'blue-green: another image while soaking ends the release with the weights on the active Service',
  release(
    { record: 'superseded-blue-green', spec: { strategy: 'blue-green', analysis: { soakMs: 60_000 } } },
    async (one) => {
      await one.until('soaking');
      one.world.foreignImage('shop:v3');
      expect(await one.ended()).toMatchObject({ state: 'superseded' });
      expect(one.world.snapshot()).toMatchObject({ image: 'shop:v3', weight: 0 });
    },
  ),
);

test.concurrent(
  'weights that somebody else wrote are set again',
  release(
    { record: 'drift', spec: { strategy: 'blue-green', steps: [20, 100], manualPromotion: true } },
    async (one) => {
      await forPromotion(one);
      one.world.foreignWeight(90);
      await one.until((view) => view.events.some((event) => event.text.startsWith('drift: ')));
      await forPromotion(one);
      expect(one.world.snapshot().weight).toBe(20);
      await one.update('promote', { all: true });
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    },
  ),
);

test.concurrent(
  'a Rollout that somebody else aborts is rolled back',
  release({ record: 'aborted-elsewhere', spec: { manualPromotion: true } }, async (one) => {
    const { newHash } = await forPromotion(one);
    await one.world.ports.workload.abort(one.world.target, { podHash: newHash as string }, one.world.holder());
    expect(await one.ended()).toMatchObject({
      state: 'rolled-back',
      reason: expect.stringContaining('aborted by somebody else'),
    });
  }),
);

test.concurrent(
  'a step that somebody else promotes is not judged later but rolled back',
  release(
    { record: 'promoted-elsewhere', world: { steps: TWO_STEPS }, spec: { manualPromotion: true } },
    async (one) => {
      const { newHash } = await forPromotion(one);
      await one.world.ports.workload.advance(
        one.world.target,
        { podHash: newHash as string, stepIndex: 1 },
        one.world.holder(),
      );
      expect(await one.ended()).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringContaining('somebody else promoted'),
      });
    },
  ),
);

test.concurrent(
  'a blue-green version that somebody else promotes is brought to its end',
  release(
    {
      record: 'promoted-elsewhere-blue-green',
      spec: { strategy: 'blue-green', steps: [20, 100], manualPromotion: true },
    },
    async (one) => {
      const { newHash } = await forPromotion(one);
      await one.world.ports.workload.advance(one.world.target, { podHash: newHash as string }, one.world.holder());
      expect(await one.ended()).toMatchObject({
        state: 'succeeded',
        reason: expect.stringMatching(
          /too late.*; not judged: step 1 \(weight 20\): .* before its verdict; step 2 \(weight 100\)/,
        ),
      });
      expect(one.world.snapshot()).toMatchObject({ image: 'shop:v2', weight: 0, rolloutOwner: undefined });
    },
  ),
);
