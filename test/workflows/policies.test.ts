import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import type { Open } from '../../src/domain/analysis/verdict.ts';
import type { AnalysisSpec, Policy } from '../../src/domain/release/plan.ts';
import { releaseSpec } from '../support/builders.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, TWO_STEPS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, scenario, body);
const forDecision = (one: ReleaseUnderTest) => one.until((view) => view.waiting?.for === 'decision');

const policies = (changes: Partial<Record<Open, Policy>>) => ({
  policies: { 'no-data': 'hold', 'too-little-traffic': 'hold', inconclusive: 'hold', ...changes } as const,
});
const { minSuccessRatio: _ratio, maxP95Ms: _p95, ...NO_LIMITS } = releaseSpec().analysis;
const SEQUENTIAL = { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05 };

/** The judge's limits are replaced whole: absent is not the same as the usual. */
function sequentially(one: ReleaseUnderTest, changes: Partial<AnalysisSpec> = {}): void {
  Object.assign(one.input.spec, { analysis: { ...NO_LIMITS, sequential: SEQUENTIAL, ...changes } });
}
const judged =
  (scenario: Scenario, changes: Partial<AnalysisSpec>, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
    withRelease(temporal, { ...scenario, prepare: (one) => sequentially(one, changes) }, body);

describe('an open outcome waits as its policy says', () => {
  test.concurrent(
    'hold: as long as it may, then it asks',
    release(
      {
        record: 'policy-hold',
        spec: { analysis: { holdMs: 100, ...policies({ inconclusive: 'rollback' }) }, timeouts: { decisionMs: 500 } },
      },
      async (one) => {
        one.world.metricsEmpty(true);
        await one.until((view) => view.state === 'judging' && view.reason.startsWith('no data, holding'));
        expect((await forDecision(one)).reason).toMatch(/^no data for 0\.1 s: /);
        expect(await one.ended()).toMatchObject({
          state: 'rolled-back',
          reason: expect.stringContaining('nobody decided within 0.5 s, and the outcome stayed open: no data'),
        });
      },
    ),
  );

  test.concurrent(
    'extend: it goes back when the time is over, and asks nobody',
    release(
      { record: 'policy-extend', spec: { analysis: { extendMs: 300, ...policies({ 'no-data': 'extend' }) } } },
      async (one) => {
        one.world.metricsEmpty(true);
        await one.until((view) => view.state === 'judging' && view.reason.startsWith('no data, extending'));
        expect(await one.ended()).toMatchObject({
          state: 'rolled-back',
          reason: expect.stringContaining('still no data after another 0.3 s'),
        });
        const { events } = await one.view();
        expect(events.map(({ state }) => state)).not.toContain('waiting-for-decision');
        expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0, phase: 'Healthy' });
      },
    ),
  );

  test.concurrent(
    'extend without a time of its own takes that of hold',
    release({ spec: { analysis: { holdMs: 250, ...policies({ 'no-data': 'extend' }) } } }, async (one) => {
      one.world.metricsEmpty(true);
      expect(await one.ended()).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringContaining('after another 0.25 s'),
      });
    }),
  );

  test.concurrent(
    'extend: data that come in time decide',
    release({ record: 'policy-extend-data', spec: { analysis: policies({ 'no-data': 'extend' }) } }, async (one) => {
      one.world.metricsEmpty(true);
      await one.until((view) => view.reason.startsWith('no data, extending'));
      one.world.metricsEmpty(false);
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    }),
  );

  test.concurrent(
    'ask: at once, and a person may go on',
    release({ record: 'policy-ask', spec: { analysis: policies({ 'no-data': 'ask' }) } }, async (one) => {
      one.world.metricsEmpty(true);
      const asked = await forDecision(one);
      expect(asked).toMatchObject({
        reason: expect.stringMatching(/^no data: /),
        waiting: { answers: ['skip-analysis', 'abort'] },
      });
      expect(await one.update('skip-analysis', { why: 'tested by hand' })).toMatchObject({ outcome: 'applied' });
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    }),
  );

  test.concurrent(
    'rollback: at once',
    release({ record: 'policy-rollback', spec: { analysis: policies({ 'no-data': 'rollback' }) } }, async (one) => {
      one.world.metricsEmpty(true);
      expect(await one.ended()).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringContaining('no data, and the release asks for a rollback then'),
      });
      const { events } = await one.view();
      expect(events.map(({ state }) => state)).not.toContain('waiting-for-decision');
      expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0, phase: 'Healthy' });
    }),
  );

  test.concurrent(
    'few requests are too little traffic, with a policy of their own',
    release(
      {
        record: 'policy-too-little',
        world: { requestsPerSecond: 8 },
        spec: {
          analysis: {
            minRequests: 1_000_000,
            ...policies({ 'no-data': 'hold', 'too-little-traffic': 'rollback' }),
            soakMs: 300,
          },
        },
      },
      async (one) => {
        expect(await one.ended()).toMatchObject({
          state: 'rolled-back',
          reason: expect.stringMatching(
            /too little traffic, and the release asks for a rollback then: .*1000000 needed/,
          ),
        });
      },
    ),
  );

  test.concurrent(
    'nothing is judged while the release is paused, so that nothing acts at once either',
    release({ spec: { analysis: { soakMs: 500, ...policies({ 'no-data': 'rollback' }) } } }, async (one) => {
      one.world.metricsEmpty(true);
      await one.until('soaking');
      await one.update('pause');
      await pause(800);
      expect((await one.view()).state).toBe('paused');
      one.world.metricsEmpty(false);
      await one.update('resume');
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    }),
  );
});

describe('the sequential judge', () => {
  test.concurrent(
    'a version like stable is promoted, over two weights',
    judged(
      {
        record: 'sequential-good',
        world: { steps: TWO_STEPS, versions: { 'shop:v1': { errorShare: 0.02 }, 'shop:v2': { errorShare: 0.02 } } },
      },
      {},
      async (one) => {
        expect(await one.ended()).toMatchObject({ state: 'succeeded' });
        expect((await one.view()).verdict).toMatchObject({
          outcome: 'pass',
          reason: expect.stringContaining('proved not worse'),
        });
      },
    ),
  );

  test.concurrent(
    'a version that is worse than stable goes back',
    judged(
      {
        record: 'sequential-bad',
        world: { versions: { 'shop:v1': { errorShare: 0.02 }, 'shop:v2': { errorShare: 0.1 } } },
      },
      {},
      async (one) => {
        expect(await one.ended()).toMatchObject({
          state: 'rolled-back',
          reason: expect.stringContaining('worse by more than 1.0 points'),
        });
        expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0, phase: 'Healthy' });
      },
    ),
  );

  test.concurrent(
    'what it cannot tell apart is inconclusive, and its policy decides',
    judged(
      {
        record: 'sequential-inconclusive',
        world: {
          requestsPerSecond: 20,
          versions: { 'shop:v1': { errorShare: 0.05 }, 'shop:v2': { errorShare: 0.05 } },
        },
      },
      {
        sequential: { ...SEQUENTIAL, errorsMargin: 0.0001 },
        soakMs: 600,
        ...policies({ 'no-data': 'hold', inconclusive: 'rollback' }),
      },
      async (one) => {
        expect(await one.ended()).toMatchObject({
          state: 'rolled-back',
          reason: expect.stringContaining('inconclusive, and the release asks for a rollback then'),
        });
      },
    ),
  );
});
