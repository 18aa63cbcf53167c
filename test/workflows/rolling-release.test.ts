import { afterAll, expect, jest, test } from '@jest/globals';
import type { SpecChanges } from '../support/builders.ts';
import { answerErrors, BY_METRIC, expectTakenBack, reportedRelease } from '../support/reported-release.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, TWO_STEPS, type ReleaseUnderTest } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

/** `errors`: what the user's metric answers; undefined: nothing. */
const rolling = (errors: number | undefined, spec: SpecChanges, body: (one: ReleaseUnderTest) => Promise<void>) => () =>
  reportedRelease(temporal, { world: { steps: TWO_STEPS }, spec: { strategy: 'rolling', ...spec }, errors }, body);

const BY_HAND = { manualPromotion: true };
const waitsToPromote = (index: number) => (view: Awaited<ReturnType<ReleaseUnderTest['view']>>) =>
  view.waiting?.for === 'promotion' && view.stepIndex === index;

test.concurrent(
  'a good version is promoted at each pause, and no weight is called proved',
  rolling(0, BY_HAND, async (one) => {
    const first = await one.until(waitsToPromote(0));
    expect(one.world.snapshot()).toMatchObject({ stepIndex: 1, paused: true });
    expect(first.plan).toMatchObject({ controllerOnly: true });
    expect(first.proof).toMatchObject({ wanted: 10, rollout: 10, effective: 'reported', replicas: [] });
    expect(first.verdict?.findings.map(({ metric, outcome }) => `${metric} ${outcome}`)).toEqual(['errors pass']);
    await one.update('promote');
    const second = await one.until(waitsToPromote(1));
    expect(second.proof).toMatchObject({ wanted: 50, effective: 'reported' });
    await one.update('promote');
    expect(await one.ended()).toEqual({ state: 'succeeded', reason: 'shop:v2 is stable' });
    const { proof, events } = await one.view();
    expect(proof).toMatchObject({ wanted: 0, effective: 'reported' });
    expect(events.map(({ text }) => text).join('\n')).not.toMatch(/prov/);
    expect(one.world.violations).toEqual([]);
    // Each pause was ended once, and nobody has asked for counters, which do not exist.
    expect(one.world.calls.filter((call) => call === 'workload.advance')).toHaveLength(2);
    expect(one.world.calls).not.toContain('evidence.counters');
  }),
);

test.concurrent(
  'a bad version is aborted at the first pause, and its pods go',
  rolling(0.5, {}, async (one) => {
    await expectTakenBack(one);
  }),
);

test.concurrent(
  'a version that turns bad while it waits for a person goes back',
  rolling(0, BY_HAND, async (one) => {
    await one.until(waitsToPromote(0));
    answerErrors(one, 0.5);
    expect((await one.ended()).state).toBe('rolled-back');
  }),
);

test.concurrent(
  'it can be paused, resumed and aborted',
  rolling(0, BY_HAND, async (one) => {
    await one.until(waitsToPromote(0));
    await one.update('pause');
    await one.until('paused');
    await one.update('resume');
    await one.until(waitsToPromote(0));
    await one.update('abort');
    expect((await one.ended()).state).toBe('rolled-back');
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', phase: 'Healthy', rolloutOwner: undefined });
  }),
);

test.concurrent(
  'without data a person is asked, and skip-analysis goes on',
  rolling(undefined, { analysis: { ...BY_METRIC, holdMs: 50 } }, async (one) => {
    await one.until(({ waiting }) => waiting?.for === 'decision');
    await one.update('skip-analysis', { why: 'no traffic at night' });
    await one.until(({ waiting, stepIndex }) => waiting?.for === 'decision' && stepIndex === 1);
    await one.update('skip-analysis', { why: 'no traffic at night' });
    expect((await one.ended()).state).toBe('succeeded');
  }),
);

test.concurrent(
  'somebody else ends the pause that is judged, and the release ends so',
  rolling(0, BY_HAND, async (one) => {
    await one.until(waitsToPromote(0));
    one.world.endPause();
    expect(await one.ended()).toMatchObject({ reason: expect.stringContaining('somebody else promoted') });
  }),
);

test.concurrent(
  'without a metric the release is refused and nothing is changed',
  rolling(0, { analysis: { ...BY_METRIC, metrics: [] } }, async (one) => {
    const { state, reason } = await one.ended();
    expect(`${state}: ${reason}`).toMatch(/^refused: .*the release file has no metric/);
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', rolloutOwner: undefined });
  }),
);
