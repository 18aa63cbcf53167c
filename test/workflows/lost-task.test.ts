import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, jest, test } from '@jest/globals';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { signalsWithUpdate, startOfActivityBefore, withTask } from '../support/lost-task.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, TWO_STEPS, withRelease, type ReleaseUnderTest } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

/** Longer than a write to the journal takes: its answer is a workflow task of its own, without commands. */
const QUIET_MS = 400;
const TRIES = 30;

/** Sends a command as signal and update until one workflow task has brought both. Returns the history. */
async function sendBoth(one: ReleaseUnderTest): Promise<string> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    await pause(QUIET_MS);
    const requestId = `pause-${attempt}`;
    const [update] = await Promise.all([one.update('pause', { requestId }), one.signal('pause', { requestId })]);
    expect(update).toMatchObject({ outcome: 'applied' });
    const text = historyToJSON(await one.handle.fetchHistory());
    if (signalsWithUpdate(text).length > 0) return text;
    await pause(QUIET_MS);
    await one.update('resume');
  }
  throw new Error(`no task brought both in ${TRIES} tries`);
}

/**
 * A door sends a command as an update and, when its task is lost, as a signal too; then one task brings both. A replay
 * hands over the results of earlier activities after them, in the same activation (Temporal TypeScript SDK 1.24.0, seen
 * after a restart of the server). A run whose commands depend on that order can never go on.
 */
test('a run whose command came as an update, whose task was lost, and as a signal is replayed', async () => {
  await withRelease(temporal, { world: { steps: TWO_STEPS }, spec: { manualPromotion: true } }, async (one) => {
    await one.until((view) => view.waiting?.for === 'promotion');
    const text = await sendBoth(one);
    const signal = signalsWithUpdate(text)[0] as number;
    const replay = (history: string) =>
      Worker.runReplayHistory(
        { workflowBundle: { codePath: temporal.codePath } },
        historyFromJSON(JSON.parse(history)),
        one.id,
      );
    await replay(text);
    const lost = withTask(text, signal, 'lost');
    await replay(withTask(lost, startOfActivityBefore(text, signal), 'without commands'));
  });
});
