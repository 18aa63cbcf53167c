import { afterAll, expect, jest, test } from '@jest/globals';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, TWO_STEPS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, scenario, body);
const forDecision = (one: ReleaseUnderTest) => one.until((view) => view.waiting?.for === 'decision');
const BAD = { versions: { 'shop:v2': { errorShare: 0.5 } } };

test.concurrent(
  'approval lets the release start',
  release({ record: 'approved', spec: { approval: true } }, async (one) => {
    const view = await one.until('waiting-for-approval');
    expect(view.waiting).toMatchObject({
      for: 'approval',
      answers: ['approve', 'reject', 'abort'],
      deadlineInMs: 60_000,
    });
    expect(one.world.snapshot().image).toBe('shop:v1');
    expect(await one.update('approve')).toMatchObject({ outcome: 'applied' });
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent(
  'a rejected release never starts',
  release({ record: 'rejected', spec: { approval: true } }, async (one) => {
    await one.until('waiting-for-approval');
    await one.update('reject', { who: 'eve', why: 'not today' });
    expect(await one.ended()).toEqual({ state: 'refused', reason: 'rejected by eve' });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', rolloutOwner: undefined });
  }),
);

test.concurrent(
  'no approval in time: the release never starts',
  release({ record: 'approval-timeout', spec: { approval: true, timeouts: { approvalMs: 200 } } }, async (one) => {
    expect(await one.ended()).toEqual({ state: 'refused', reason: 'approval: not within 0.2 s' });
    expect(one.world.snapshot().image).toBe('shop:v1');
  }),
);

test.concurrent(
  'no data holds, then asks; nobody answers: the release goes back',
  release(
    { record: 'no-data-timeout', spec: { analysis: { holdMs: 100 }, timeouts: { decisionMs: 500 } } },
    async (one) => {
      one.world.metricsEmpty(true);
      await one.until((view) => view.state === 'judging' && view.reason.startsWith('no data, holding'));
      expect((await forDecision(one)).waiting?.answers).toEqual(['skip-analysis', 'abort']);
      expect(await one.ended()).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringContaining('nobody decided within 0.5 s'),
      });
    },
  ),
);

test.concurrent(
  'data that arrives after the question decides',
  release({ record: 'data-arrives', spec: { analysis: { holdMs: 50 } } }, async (one) => {
    one.world.metricsEmpty(true);
    await forDecision(one);
    one.world.metricsEmpty(false);
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent(
  'skip-analysis advances without data and says so',
  release({ record: 'skip', spec: { manualPromotion: true, analysis: { holdMs: 50 } } }, async (one) => {
    one.world.metricsEmpty(true);
    await forDecision(one);
    await expect(one.update('skip-analysis')).rejects.toMatchObject({ cause: { type: 'REASON_REQUIRED' } });
    expect(await one.update('skip-analysis', { who: 'ann', why: 'no users at night' })).toMatchObject({
      outcome: 'applied',
    });
    expect(await one.ended()).toEqual({
      state: 'succeeded',
      reason: 'shop:v2 is stable; not judged: step 1 (weight 25): skipped by ann: no users at night',
    });
    expect((await one.view()).verdict).toMatchObject({
      outcome: 'skipped',
      reason: 'skipped by ann: no users at night',
    });
  }),
);

test.concurrent(
  'skip-analysis ends a soak early',
  release({ world: { steps: TWO_STEPS }, spec: { analysis: { soakMs: 30_000 } } }, async (one) => {
    await one.until('soaking');
    expect(await one.update('skip-analysis', { why: 'hotfix' })).toMatchObject({
      outcome: 'applied',
      detail: 'step 2 is in force: weight 50',
    });
  }),
);

test.concurrent(
  'a failing version goes back by itself',
  release({ record: 'rollback', world: BAD }, async (one) => {
    expect(await one.ended()).toMatchObject({ state: 'rolled-back', reason: expect.stringContaining('success ratio') });
    expect(one.world.snapshot()).toMatchObject({
      image: 'shop:v1',
      weight: 0,
      phase: 'Healthy',
      rolloutOwner: undefined,
    });
  }),
);

test.concurrent(
  'a slow version goes back by itself',
  release(
    {
      record: 'rollback-blue-green',
      spec: { strategy: 'blue-green' },
      world: { versions: { 'shop:v2': { latencyMs: 700 } } },
    },
    async (one) => {
      expect(await one.ended()).toMatchObject({ state: 'rolled-back', reason: expect.stringContaining('p95') });
      expect(one.world.violations).toEqual([]);
    },
  ),
);

test.concurrent(
  'a failed version may be kept for inspection',
  release({ record: 'rollback-kept', spec: { restoreTemplate: false }, world: BAD }, async (one) => {
    expect(await one.ended()).toMatchObject({
      state: 'rolled-back',
      reason: expect.stringContaining('kept for inspection'),
    });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v2', aborted: true, weight: 0 });
  }),
);

test.concurrent(
  'without auto-rollback a failed verdict asks, and silence rolls back',
  release(
    { record: 'ask-after-failure', spec: { autoRollback: false, timeouts: { decisionMs: 500 } }, world: BAD },
    async (one) => {
      expect((await forDecision(one)).verdict).toMatchObject({ outcome: 'fail' });
      await expect(one.update('promote')).rejects.toMatchObject({ cause: { type: 'VERDICT_NOT_PASSED' } });
      expect(await one.ended()).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringContaining('success ratio'),
      });
    },
  ),
);

test.concurrent(
  'without auto-rollback a person may skip a failed verdict',
  release({ record: 'skip-after-failure', spec: { autoRollback: false }, world: BAD }, async (one) => {
    await forDecision(one);
    one.world.behave('shop:v2', { errorShare: 0 });
    expect(await one.update('skip-analysis', { why: 'known' })).toMatchObject({ outcome: 'applied' });
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent(
  'after a skipped failure the evidence of the next weight begins anew',
  release(
    { spec: { autoRollback: false, timeouts: { decisionMs: 20_000 } }, world: { ...BAD, steps: TWO_STEPS } },
    async (one) => {
      const { verdict } = await forDecision(one);
      one.world.behave('shop:v2', { errorShare: 0 });
      await one.update('skip-analysis', { why: 'known' });
      await one.ended();

      const { events } = await one.handle.fetchHistory();
      const began = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => {
        const [payload] = scheduled?.input?.payloads ?? [];
        if (!['judge', 'guard'].includes(scheduled?.activityType?.name ?? '') || !payload?.data) return [];
        const { index, since } = JSON.parse(Buffer.from(payload.data).toString()) as { index: number; since?: number };
        return since === undefined ? [] : [{ index, since }];
      });
      expect(began.findLast(({ index }) => index === 1)?.since).toBeGreaterThanOrEqual(verdict?.to ?? Infinity);
    },
  ),
);

test.concurrent(
  'a version that turns bad while it waits for promote goes back',
  release({ record: 'guard-promotion', spec: { manualPromotion: true } }, async (one) => {
    await one.until((view) => view.waiting?.for === 'promotion');
    one.world.behave('shop:v2', { errorShare: 0.9 });
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
  }),
);

test.concurrent(
  'a version that never gets ready runs into the deadline of its step',
  release(
    {
      record: 'step-deadline',
      world: { versions: { 'shop:v2': { readyAfterMs: Infinity } } },
      spec: { timeouts: { stepMs: 4_000 } },
    },
    async (one) => {
      expect(await one.ended()).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringContaining('new version ready: not within 4 s'),
      });
      expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', phase: 'Healthy' });
    },
  ),
);
