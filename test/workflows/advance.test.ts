import { afterAll, expect, jest, test } from '@jest/globals';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, TWO_STEPS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, scenario, body);

test.concurrent(
  'a good canary becomes stable and leaves no mark',
  release({ record: 'good-canary', world: { steps: TWO_STEPS } }, async (one) => {
    expect(await one.ended()).toEqual({ state: 'succeeded', reason: 'shop:v2 is stable' });
    const { podHash, stableHash, weight, image, rolloutOwner, trafficOwner } = one.world.snapshot();
    expect({ stable: podHash === stableHash, weight, image, rolloutOwner, trafficOwner }).toEqual({
      stable: true,
      weight: 0,
      image: 'shop:v2',
    });
    expect(one.world.violations).toEqual([]);
  }),
);

test.concurrent(
  'a good blue-green release ends on the active Service',
  release({ record: 'good-blue-green', spec: { strategy: 'blue-green', steps: [20, 100] } }, async (one) => {
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    expect(one.world.snapshot()).toMatchObject({
      image: 'shop:v2',
      weight: 0,
      phase: 'Healthy',
      stableSelector: one.world.snapshot().stableHash,
    });
    expect(one.world.violations).toEqual([]);
  }),
);

test.concurrent(
  'each pass waits for promote when promotion is manual',
  release({ record: 'manual-promotion', world: { steps: TWO_STEPS }, spec: { manualPromotion: true } }, async (one) => {
    const first = await one.until((view) => view.waiting?.for === 'promotion');
    expect(first).toMatchObject({
      state: 'waiting-for-decision',
      stepIndex: 0,
      weightWanted: 10,
      verdict: { outcome: 'pass' },
    });
    expect(await one.update('promote')).toMatchObject({
      outcome: 'applied',
      detail: 'step 2 is in force: weight 50',
      duplicate: false,
    });
    await one.until((view) => view.waiting?.for === 'promotion' && view.stepIndex === 1);
    expect(await one.update('promote')).toMatchObject({ outcome: 'applied' });
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent(
  'promote all lets every later step advance by its verdict alone',
  release({ record: 'promote-all', world: { steps: TWO_STEPS }, spec: { manualPromotion: true } }, async (one) => {
    await one.until((view) => view.waiting?.for === 'promotion');
    await one.update('promote', { all: true });
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent(
  'a promote before the verdict is kept for it',
  release({ spec: { manualPromotion: true, analysis: { soakMs: 1_000 } } }, async (one) => {
    await one.until('soaking');
    expect(await one.update('promote')).toMatchObject({ outcome: 'accepted' });
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent(
  'nobody promotes: the release goes back',
  release(
    { record: 'promotion-timeout', spec: { manualPromotion: true, timeouts: { decisionMs: 300 } } },
    async (one) => {
      expect(await one.ended()).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringContaining('nobody promoted within 0.3 s'),
      });
      expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0, phase: 'Healthy' });
    },
  ),
);

test.concurrent(
  'a one-step release stays below 145 history events',
  release({}, async (one) => {
    await one.ended();
    expect(await one.events()).toBeLessThan(145);
  }),
);

test.concurrent(
  'waiting adds nothing to the history',
  release({ spec: { manualPromotion: true } }, async (one) => {
    await one.until((view) => view.waiting?.for === 'promotion');
    // The journal is told of the question first.
    const asked = one.world.calls.length;
    await one.until(() => one.world.calls.length > asked + 12);
    const before = await one.events();
    const looks = one.world.calls.length;
    await one.until(() => one.world.calls.length > looks + 40);
    expect(await one.events()).toBe(before);
  }),
);

const STREAMS =
  /^Service \S+ had WebSockets or event streams in the past hour: those that are open stay on (\S+) until/;
/** Traefik counted streams of every Service, and has seven open connections. */
const withStreams = (one: ReleaseUnderTest) => {
  const { metrics } = one.world;
  const query = metrics.query.bind(metrics);
  metrics.query = async (promql, at) => {
    const value = promql.includes('websocket|sse') ? 3 : promql.includes('traefik_open_connections') ? 7 : undefined;
    return value === undefined ? query(promql, at) : [{ labels: {}, value }];
  };
};

test.concurrent(
  'streams that may be open on the old version are told when traffic is settled on the new one',
  release({ world: { steps: TWO_STEPS }, spec: { manualPromotion: true } }, async (one) => {
    withStreams(one);
    await one.until((view) => view.waiting?.for === 'promotion');
    await one.update('promote', { all: true });
    await one.ended();
    const told = (await one.view()).events.find(({ text }) => text.includes('traffic is settled on shop:v2'));
    expect(told?.text.split('; ')[1]).toMatch(STREAMS);
    expect(told?.text).toContain('stay on shop:v1');
    expect(told?.text).toContain('at most 7 can be open');
  }),
);

test.concurrent(
  'streams that may be open on the new version are told when traffic is back on the old one',
  release({ world: { steps: TWO_STEPS }, spec: { manualPromotion: true } }, async (one) => {
    withStreams(one);
    await one.until((view) => view.waiting?.for === 'promotion');
    await one.update('abort');
    const { reason } = await one.ended();
    expect(reason).toContain('traffic is settled on shop:v1; Service');
    expect(reason).toContain('stay on shop:v2 until they end');
  }),
);
