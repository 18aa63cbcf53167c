import { afterAll, expect, jest, test } from '@jest/globals';
import type { WorkflowFailedError } from '@temporalio/client';
import { RELEASE_WORKFLOW } from '../../workflows/messages.ts';
import {
  continued,
  continuing,
  DEADLINE_MS,
  EVENTS,
  refused,
  resetToBeginning,
  timersOf,
} from '../support/continued-release.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { recordHistory } from '../support/workflow-history.ts';
import { TEST_MS, TWO_STEPS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, continuing(scenario), body);
const forPromotion = (one: ReleaseUnderTest) => one.until((view) => view.waiting?.for === 'promotion');
const manual = { spec: { manualPromotion: true } } as const;
const runOf = (one: ReleaseUnderTest, runId = '') => temporal.client.workflow.getHandle(one.id, runId);
const released = { image: 'shop:v2', rolloutOwner: undefined, trafficOwner: undefined };
const wentBack = { image: 'shop:v1', weight: 0, rolloutOwner: undefined, trafficOwner: undefined };

/**
 * As the gateway does it (src/temporal/send-to-release.ts): the server drops an update that arrives in the task in
 * which the run continues as new. A signal with the same request id acts once, in whichever run gets it.
 */
async function command(one: ReleaseUnderTest, name: 'pause' | 'resume', requestId: string): Promise<void> {
  try {
    await one.update(name, { requestId });
  } catch (error) {
    if (!/unexpected workflow task failure/.test(String((error as Error).cause))) throw error;
    await one.signal(name, { requestId });
  }
}

const pauseAndResume = (one: ReleaseUnderTest) => async (number: number) => {
  await command(one, 'pause', `pause-${number}`);
  await command(one, 'resume', `resume-${number}`);
};

/** The journal has each event of the view once, under the first run id. */
async function expectJournal(one: ReleaseUnderTest): Promise<void> {
  const { events, runId } = await one.view();
  const texts = one.journal.entries.flatMap(({ kind, data }) => (kind === 'event' ? [data.text] : []));
  expect(texts.sort()).toEqual(events.map(({ text }) => text).sort());
  expect(new Set(one.journal.entries.map((entry) => entry.runId))).toEqual(new Set([runId]));
}

for (const strategy of ['canary', 'blue-green'] as const)
  test.concurrent(
    `a held ${strategy} release continues as new with all it knows, and ends as if nothing had been`,
    release({ ...manual, world: { strategy, ...(strategy === 'canary' && { steps: TWO_STEPS }) } }, async (one) => {
      const { runId, startedAt, weightWanted, newHash, plan, proof, stepIndex } = await forPromotion(one);
      const [first, second] = await continued(one, pauseAndResume(one));

      expect(await forPromotion(one)).toMatchObject({
        ...{ runId, startedAt, weightWanted, newHash, plan, proof, stepIndex },
        events: expect.arrayContaining([
          expect.objectContaining({ text: 'checking the target' }),
          expect.objectContaining({ text: expect.stringMatching(/nears a limit of Temporal \(\d+ events\)/) }),
        ]),
      });
      const again = await one.update('pause', { requestId: 'pause-1', runId: first ?? '' });
      expect(again).toMatchObject({ duplicate: true, outcome: 'applied' });
      expect((await one.view()).state).toBe('waiting-for-decision');
      await one.update('promote', { all: true, runId });

      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
      expect(one.world.snapshot()).toMatchObject(released);
      await expectJournal(one);
      await recordHistory(`continued-${strategy}`, runOf(one, first));
      await recordHistory(`continues-${strategy}`, runOf(one, second));
    }),
  );

test.concurrent(
  'a paused release stays paused in the next run, and its deadline goes on where it was',
  release(manual, async (one) => {
    await forPromotion(one);
    await one.update('pause');
    const [, second] = await continued(one, refused(one));

    expect(await one.view()).toMatchObject({ state: 'paused', waiting: { for: 'promotion' } });
    await one.update('resume');
    await one.until('waiting-for-decision');
    const [left = 0] = await timersOf(runOf(one, second), 'promotion');
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(DEADLINE_MS);
    await one.update('abort');
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    expect(one.world.snapshot()).toMatchObject(wentBack);
    await recordHistory('continues-paused', runOf(one, second));
  }),
);

test.concurrent(
  'a failed step still asks its question in the next run, and never passes without an answer',
  release(
    {
      world: { versions: { 'shop:v2': { errorShare: 0.5 } } },
      spec: { autoRollback: false, analysis: { soakMs: 500, holdMs: 50 } },
    },
    async (one) => {
      const asked = (view: { waiting?: { for: string } }) => view.waiting?.for === 'decision';
      await one.until(asked);
      await continued(one, refused(one));
      expect(await one.until(asked)).toMatchObject({ reason: expect.stringContaining('auto-rollback is off') });
      await one.update('abort');
      expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
      expect(one.world.snapshot()).toMatchObject(wentBack);
    },
  ),
);

test.concurrent(
  'a release that waits for its approval continues as new without a second preflight',
  release({ spec: { approval: true } }, async (one) => {
    await one.until('waiting-for-approval');
    const [, second] = await continued(one, pauseAndResume(one));
    await one.until('waiting-for-approval');
    await one.update('approve');
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    expect((await one.view()).events.filter(({ text }) => text === 'checking the target')).toHaveLength(1);
    expect(one.world.snapshot()).toMatchObject(released);
    await recordHistory('continues-approval', runOf(one, second));
  }),
);

test.concurrent(
  'a rollback that cannot go on continues as new, answers the abort, and ends when it can',
  release(manual, async (one) => {
    await forPromotion(one);
    one.world.failCluster(1_000_000, 'FORBIDDEN');
    const abort = one.update('abort', { requestId: 'the-abort' });
    await one.until('failed-needs-human');
    const [, second] = await continued(one, async () => {
      await refused(one)();
      // A person has the rollback tried again, and the run ends before that.
      if ((await one.events()) >= EVENTS) await one.signal('resume');
    });
    expect(await abort).toMatchObject({ outcome: 'accepted', detail: expect.stringContaining('tried again') });
    one.world.failCluster(0, 'FORBIDDEN');
    expect(await one.ended()).toMatchObject({
      state: 'rolled-back',
      reason: expect.stringContaining('aborted by ann'),
    });
    expect(one.world.snapshot()).toMatchObject(wentBack);
    await recordHistory('continues-rollback', runOf(one, second));
  }),
);

test.concurrent(
  'commands that arrive while the run continues act once each, and none is lost',
  release(manual, async (one) => {
    await forPromotion(one);
    let sent = 0;
    await continued(one, async () => {
      const signals = Array.from({ length: 10 }, () => one.signal('approve', { requestId: `s${(sent += 1)}` }));
      await Promise.all([...signals, one.update('reject').catch(() => undefined)]);
    });
    await one.signal('abort', { requestId: 'last' });
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    const ids = (await one.view()).commands.map(({ requestId }) => requestId);
    expect(ids.sort()).toEqual(['last', ...Array.from({ length: sent }, (_, index) => `s${index + 1}`)].sort());
  }),
);

test.concurrent(
  'a continued run that is reset to its beginning takes the traffic back and keeps its record',
  release({ ...manual, world: { steps: TWO_STEPS } }, async (one) => {
    const { runId } = await forPromotion(one);
    await continued(one, pauseAndResume(one));
    await one.update('promote');
    await one.until((view) => view.stepIndex === 1 && view.waiting?.for === 'promotion');
    await resetToBeginning(one);
    expect(await one.ended()).toMatchObject({
      state: 'rolled-back',
      reason: expect.stringContaining('began anew while the release was waiting-for-decision at weight 50'),
    });
    expect(await one.view()).toMatchObject({
      runId,
      commands: expect.arrayContaining([expect.objectContaining({ requestId: 'pause-1' })]),
    });
    expect(one.world.snapshot()).toMatchObject(wentBack);
  }),
);

test.concurrent(
  'a client cannot start a run in the middle of a release, nor with a limit that no run could keep',
  release({}, async (one) => {
    await one.handle.terminate('only the worker is needed');
    const failureOf = async (more: object): Promise<unknown> => {
      const options = { workflowId: one.id, taskQueue: one.taskQueue, args: [{ ...one.input, ...more }] };
      const handle = await temporal.client.workflow.start(RELEASE_WORKFLOW, options);
      return handle.result().catch((error: unknown) => (error as WorkflowFailedError).cause);
    };
    const position = { at: 'step', course: { index: 0, soakLeftMs: 0, drifts: 0 } };
    expect(await failureOf({ continues: { position } })).toMatchObject({
      type: 'INVALID_INPUT',
      message: expect.stringContaining('continues: must be absent'),
    });
    expect(await failureOf({ continueAtEvents: 10 })).toMatchObject({
      type: 'INVALID_INPUT',
      message: expect.stringContaining('continueAtEvents: must be a whole number of at least 200'),
    });
    expect(one.world.events).toEqual([]);
  }),
);
