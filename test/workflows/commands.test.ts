import { afterAll, expect, jest, test } from '@jest/globals';
import { commandSignals, commandUpdates } from '../../workflows/messages.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, TWO_STEPS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, scenario, body);
const forPromotion = (one: ReleaseUnderTest) => one.until((view) => view.waiting?.for === 'promotion');

test.concurrent(
  'every command works as a signal too',
  release(
    {
      record: 'signals',
      world: { steps: TWO_STEPS },
      spec: { approval: true, manualPromotion: true, analysis: { soakMs: 500, holdMs: 50 } },
    },
    async (one) => {
      await one.until('waiting-for-approval');
      await one.signal('approve');
      await one.until('soaking');
      await one.signal('pause');
      await one.until('paused');
      await one.signal('resume');
      await forPromotion(one);
      await one.signal('promote');
      await one.until((view) => view.stepIndex === 1 && view.state === 'soaking');
      await one.signal('skip-analysis', { why: 'hotfix' });
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
      const { commands } = await one.view();
      expect(commands.map(({ command, outcome }) => `${command} ${outcome}`).sort()).toEqual([
        'approve applied',
        'pause applied',
        'promote applied',
        'resume applied',
        'skip-analysis applied',
      ]);
    },
  ),
);

test.concurrent(
  'abort and reject work as signals',
  release({ spec: { approval: true } }, async (one) => {
    await one.until('waiting-for-approval');
    await one.signal('reject');
    expect(await one.ended()).toMatchObject({ state: 'refused' });
  }),
);

test.concurrent(
  'the same request id acts once, whichever way it comes',
  release({ record: 'duplicates', world: { steps: TWO_STEPS }, spec: { manualPromotion: true } }, async (one) => {
    await forPromotion(one);
    const [first, again] = await Promise.all([
      one.update('promote', { requestId: 'p1' }),
      one.update('promote', { requestId: 'p1' }),
    ]);
    expect([first.duplicate, again.duplicate].sort()).toEqual([false, true]);
    await one.signal('promote', { requestId: 'p1' });
    await one.until((view) => view.waiting?.for === 'promotion' && view.stepIndex === 1);
    await one.signal('promote', { requestId: 'p2' });
    expect(await one.update('promote', { requestId: 'p2' })).toMatchObject({ duplicate: true, outcome: 'applied' });
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    expect((await one.view()).commands).toHaveLength(2);
  }),
);

test.concurrent(
  'a command that may not act is refused with a code and leaves no event',
  release({ spec: { manualPromotion: true } }, async (one) => {
    await forPromotion(one);
    for (const name of ['approve', 'reject', 'resume'] as const) {
      await expect(one.update(name)).rejects.toMatchObject({
        cause: { type: 'NOT_WAITING', details: [{ next: expect.any(String) }] },
      });
    }
    await expect(one.update('pause', { who: '' })).rejects.toMatchObject({ cause: { type: 'INVALID_INPUT' } });
    const { events } = await one.handle.fetchHistory();
    expect(events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes)).toEqual([]);
    expect((await one.view()).commands).toEqual([]);
  }),
);

test.concurrent(
  'a signal that may not act is refused in the story',
  release({ record: 'refused-signals', spec: { manualPromotion: true } }, async (one) => {
    await forPromotion(one);
    await one.signal('approve');
    const view = await one.until(({ commands }) => commands.length > 0);
    expect(view.commands).toMatchObject([
      { command: 'approve', outcome: 'refused', detail: expect.stringContaining('does not wait for an approval') },
    ]);
    expect(view.events.at(-1)?.text).toContain('approve refused');
  }),
);

const MALFORMED: readonly unknown[] = [
  undefined,
  null,
  'now',
  7,
  [],
  {},
  { requestId: 1, who: 'x' },
  { requestId: 'm1' },
  { requestId: 'm2', who: 'x', why: { a: 1 } },
];

test.concurrent(
  'malformed signals do not break the run',
  release({ record: 'malformed-signals', spec: { manualPromotion: true } }, async (one) => {
    await forPromotion(one);
    for (const payload of MALFORMED) await one.handle.signal(commandSignals['skip-analysis'], payload as never);
    await one.until(({ commands }) => commands.length === MALFORMED.length);
    for (const payload of MALFORMED)
      await expect(
        one.handle.executeUpdate(commandUpdates['skip-analysis'], { args: [payload as never] }),
      ).rejects.toMatchObject({ cause: { type: 'INVALID_INPUT' } });
    expect(await one.update('promote')).toMatchObject({ outcome: 'applied' });
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
  }),
);

test.concurrent(
  'abort twice: the second is refused while the first works',
  release({ spec: { analysis: { soakMs: 30_000 } }, world: { abortScaleDownDelaySeconds: 100 } }, async (one) => {
    await one.until('soaking');
    await one.signal('abort');
    await one.until('aborting');
    await expect(one.update('abort')).rejects.toMatchObject({ cause: { type: 'NOT_WAITING' } });
    await expect(one.update('pause')).rejects.toMatchObject({ cause: { type: 'NOT_WAITING' } });
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
  }),
);

test.concurrent(
  'search attribute and current details follow the state',
  release({ spec: { manualPromotion: true } }, async (one) => {
    const shown = async () => ({
      state: (await one.handle.describe()).typedSearchAttributes.getAll().find(({ key }) => key.name === 'SluiceState')
        ?.value,
      details: await one.handle.query<{ currentDetails: string }>('__temporal_workflow_metadata'),
    });
    await forPromotion(one);
    const waiting = await shown();
    expect(waiting.state).toBe('waiting-for-decision');
    expect(waiting.details.currentDetails).toContain('Waits for: **promotion**');
    await one.update('pause');
    expect((await shown()).state).toBe('paused');
    await one.update('resume');
    await one.update('promote');
    await one.ended();
    expect((await shown()).state).toBe('succeeded');
  }),
);
