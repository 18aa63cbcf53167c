import { afterAll, expect, jest, test } from '@jest/globals';
import { osUser } from '../../src/domain/access/caller.ts';
import { continued, continuing, refused } from '../support/continued-release.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { recordHistory } from '../support/workflow-history.ts';
import { TEST_MS, TWO_STEPS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, scenario, body);

const named = (...names: string[]) => names.map((subject) => ({ issuer: 'os', subject }));
const by = (name: string) => ({ who: `cli:${name}`, sender: { identity: osUser(name) } });
const world = { steps: TWO_STEPS };
const step = { phase: 'step', weights: [10], by: named('ada', 'bob'), count: 1 } as const;
const promotion = { phase: 'promotion', by: named('ada', 'bob', 'eve'), count: 2 } as const;
const emergency = { phase: 'emergency', by: named('ada', 'bob'), count: 2 } as const;
const asked = (one: ReleaseUnderTest, index: number) =>
  one.until((view) => view.waiting?.for === 'step-approval' && view.stepIndex === index);

test.concurrent(
  'named people approve leaving a weight, and two of them the promotion; promote does not stand for them',
  release(
    { record: 'phases-approved', world, spec: { manualPromotion: true, approvals: [step, promotion] } },
    async (one) => {
      const first = await asked(one, 0);
      expect(first.state).toBe('waiting-for-decision');
      expect(first.waiting?.answers).toEqual(['approve', 'reject', 'abort', 'pause']);
      expect(first.reason).toMatch(
        /; waiting for the approval of leaving weight 10: 0 of 1; may approve: os#ada, os#bob$/,
      );
      await expect(one.update('promote')).rejects.toMatchObject({ cause: { type: 'NOT_WAITING' } });
      await expect(one.update('skip-analysis', { ...by('ada'), why: 'x' })).rejects.toMatchObject({
        cause: { type: 'NOT_WAITING' },
      });
      await expect(one.update('approve', by('eve'))).rejects.toMatchObject({ cause: { type: 'APPROVAL_NOT_COUNTED' } });
      expect(one.world.snapshot().weight).toBe(10);
      expect(await one.update('approve', by('bob'))).toMatchObject({
        outcome: 'applied',
        detail: 'step 2 is in force: weight 50',
      });

      await asked(one, 1);
      expect(await one.update('approve', by('eve'))).toMatchObject({ outcome: 'accepted' });
      expect((await one.view()).reason).toMatch(/of the promotion: 1 of 2, given by eve; may approve: /);
      await expect(one.update('approve', by('eve'))).rejects.toMatchObject({ cause: { type: 'APPROVAL_NOT_COUNTED' } });
      // An approval that was meant for the step before.
      await expect(one.update('approve', { ...by('ada'), step: 0 })).rejects.toMatchObject({
        cause: { type: 'STALE_COMMAND' },
      });
      expect(one.world.snapshot().weight).toBe(50);
      await one.update('approve', by('ada'));
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    },
  ),
);

test.concurrent(
  'a rejection of a step takes the traffic back',
  release({ record: 'phase-rejected', world, spec: { approvals: [step] } }, async (one) => {
    await asked(one, 0);
    expect(await one.update('reject', { ...by('zoe'), why: 'wrong colour' })).toMatchObject({ outcome: 'applied' });
    expect(await one.ended()).toEqual({
      state: 'rolled-back',
      reason: 'rejected by cli:zoe: wrong colour; traffic is settled on shop:v1',
    });
    expect(one.world.snapshot()).toMatchObject({ weight: 0, image: 'shop:v1' });
  }),
);

test.concurrent(
  'without an approval in time the step is rolled back',
  release({ world, spec: { approvals: [step], timeouts: { approvalMs: 300 } } }, async (one) => {
    expect(await one.ended()).toMatchObject({
      state: 'rolled-back',
      reason: expect.stringMatching(/^not approved within 0.3 s/),
    });
    expect(one.world.snapshot().weight).toBe(0);
  }),
);

test.concurrent(
  'a paused release that has its approvals asks nobody, and goes on when it is resumed',
  release({ world, spec: { approvals: [step] } }, async (one) => {
    await asked(one, 0);
    await one.update('pause');
    const approved = one.update('approve', by('ada'));
    const given = await one.until((view) => /: 1 of 1, given by ada; /.test(view.reason));
    expect(given.waiting).toBeUndefined();
    await expect(one.update('approve', by('bob'))).rejects.toMatchObject({ cause: { type: 'NOT_WAITING' } });
    expect(one.world.snapshot().weight).toBe(10);
    await one.update('resume');
    expect(await approved).toMatchObject({ outcome: 'applied' });
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent(
  'a version that turns bad while people are asked goes back',
  release({ world, spec: { approvals: [step] } }, async (one) => {
    await asked(one, 0);
    one.world.behave('shop:v2', { errorShare: 0.5 });
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
  }),
);

test.concurrent(
  'two people agree to skip an analysis, neither the one who started nor one of them twice; the step is approved too',
  release(
    {
      record: 'emergency-agreed',
      world,
      spec: { approvals: [step, emergency], analysis: { holdMs: 50 } },
      prepare: (one) => Object.assign(one.input, { starter: 'os#zoe' }),
    },
    async (one) => {
      one.world.metricsEmpty(true);
      await one.until((view) => view.waiting?.for === 'decision');
      const why = 'no users at night';
      await expect(one.update('skip-analysis', { ...by('zoe'), why })).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/^skip-analysis needs named people: os#zoe is not among those/) },
      });
      expect(await one.update('skip-analysis', { ...by('ada'), why })).toMatchObject({
        outcome: 'accepted',
        detail: expect.stringMatching(/^recorded: 1 of 2 people; it acts when the others have sent the same command/),
      });
      await expect(one.update('skip-analysis', { ...by('ada'), why })).rejects.toMatchObject({
        cause: { type: 'APPROVAL_NOT_COUNTED' },
      });
      expect((await one.view()).waiting?.for).toBe('decision');
      const skipped = one.update('skip-analysis', { ...by('bob'), why });
      await asked(one, 0);
      one.world.metricsEmpty(false);
      await one.update('approve', by('ada'));
      expect(await skipped).toMatchObject({ outcome: 'applied' });
      expect(await one.ended()).toMatchObject({
        state: 'succeeded',
        reason: expect.stringMatching(/not judged: step 1 \(weight 10\): skipped by cli:bob: no users at night/),
      });
    },
  ),
);

test.concurrent(
  'an approval for a weight that the release does not have is refused before anything is changed',
  release({ world, spec: { approvals: [{ ...step, weights: [20] }] } }, async (one) => {
    expect(await one.ended()).toEqual({
      state: 'refused',
      reason: 'approvals: weight 20 is no step of this release, which has 10, 50',
    });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', rolloutOwner: undefined });
  }),
);

test.concurrent(
  'the next run of a release knows the approvals so far',
  release(continuing({ world, spec: { approvals: [{ ...step, count: 2 }] } }), async (one) => {
    await asked(one, 0);
    await one.update('approve', by('ada'));
    const [first, second] = await continued(one, refused(one));
    await one.until((view) => /1 of 2, given by ada/.test(view.reason));
    await one.update('approve', by('bob'));
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    const runOf = (runId = '') => temporal.client.workflow.getHandle(one.id, runId);
    await recordHistory('phase-approval-continued', runOf(first));
    await recordHistory('phase-approval-continues', runOf(second));
  }),
);
