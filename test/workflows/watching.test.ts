import { afterAll, expect, jest, test } from '@jest/globals';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, TWO_STEPS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, scenario, body);
const forPromotion = (one: ReleaseUnderTest) => one.until((view) => view.waiting?.for === 'promotion');
const isSoak = ({ text }: { readonly text: string }) => /^weight \d+ for [\d.]+ s$/.test(text);
const drifts = (one: ReleaseUnderTest, count: number) =>
  one.until((view) => view.events.filter((event) => event.text.startsWith('drift: ')).length >= count);

test.concurrent(
  'a version that fails while one proxy is silent goes back without a proof of its weight',
  release(
    {
      record: 'failed-while-proving',
      spec: { strategy: 'blue-green', steps: [50, 100], approval: true },
      world: { versions: { 'shop:v2': { errorShare: 0.5 } } },
    },
    async (one) => {
      await one.until('waiting-for-approval');
      one.world.lagReplica('traefik-2', Infinity);
      await one.update('approve');
      expect(await one.ended()).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringContaining('success ratio'),
      });
      expect(one.world.snapshot()).toMatchObject({ weight: 0 });
    },
  ),
);

test.concurrent(
  'another image while a silent proxy keeps a weight from being proved is seen at once',
  release(
    { record: 'superseded-while-shifting', spec: { approval: true }, world: { steps: TWO_STEPS } },
    async (one) => {
      await one.until('waiting-for-approval');
      one.world.silenceReplica('traefik-2', true);
      await one.update('approve');
      await one.until('verifying');
      one.world.foreignImage('shop:v3');
      expect(await one.ended()).toMatchObject({ state: 'superseded' });
    },
  ),
);

test.concurrent(
  'the third drift of a step takes the release back and names the cause',
  release(
    { record: 'contested-weights', spec: { strategy: 'blue-green', steps: [20, 100], manualPromotion: true } },
    async (one) => {
      for (const round of [1, 2]) {
        await forPromotion(one);
        one.world.foreignWeight(90);
        await drifts(one, round);
      }
      await forPromotion(one);
      one.world.foreignWeight(90);
      expect(await one.ended()).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringMatching(/changed by another writer 3 times in this step/),
      });
      expect(one.world.snapshot()).toMatchObject({ weight: 0, image: 'shop:v1' });
    },
  ),
);

test.concurrent(
  'the soak goes on over a repaired drift',
  release({ spec: { strategy: 'blue-green', steps: [20, 100], analysis: { soakMs: 20_000 } } }, async (one) => {
    await one.until('soaking');
    await new Promise((resolve) => setTimeout(resolve, 500));
    one.world.foreignWeight(90);
    await drifts(one, 1);
    const view = await one.until(({ events }) => events.filter(isSoak).length > 1);
    const soaks = view.events.filter(isSoak).map(({ text }) => Number(/for ([\d.]+) s/.exec(text)?.[1]));
    expect(soaks[0]).toBe(20);
    expect(soaks[1]).toBeLessThan(19.6);
    await one.update('abort');
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
  }),
);

test.concurrent(
  'promoting on an old pass judges again first: without data the release asks',
  release(
    {
      record: 'old-verdict',
      spec: { manualPromotion: true, analysis: { verdictMaxAgeMs: 2_000, holdMs: 50 } },
    },
    async (one) => {
      await forPromotion(one);
      one.world.metricsEmpty(true);
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      await one.signal('promote');
      const view = await one.until((now) => now.waiting?.for === 'decision');
      expect(view.weightWanted).toBe(25);
      one.world.metricsEmpty(false);
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    },
  ),
);

test.concurrent(
  'auto-rollback off: a person who accepts a failure while the weight is on its way passes the step',
  release(
    {
      record: 'failure-accepted-while-shifting',
      spec: { strategy: 'blue-green', steps: [50, 100], approval: true, autoRollback: false },
      world: { versions: { 'shop:v2': { errorShare: 0.5 } } },
    },
    async (one) => {
      await one.until('waiting-for-approval');
      one.world.lagReplica('traefik-2', Infinity);
      await one.update('approve');
      await one.until((view) => view.waiting?.for === 'decision');
      one.world.lagReplica('traefik-2', 5);
      one.world.behave('shop:v2', { errorShare: 0 });
      await one.update('skip-analysis', { why: 'the errors are known' });
      await one.until((view) => view.stepIndex === 1);
      expect(await one.ended()).toMatchObject({ state: expect.stringMatching(/succeeded|rolled-back/) });
    },
  ),
);
