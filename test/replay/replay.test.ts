import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Runtime, Worker, type ReplayResult } from '@temporalio/worker';
import { homeOf } from '../../sandbox/place.ts';
import { workflowBundle } from '../../src/entry/workflow-bundle.ts';
import { quietRuntime } from '../support/temporal.ts';
import { HISTORIES } from '../support/workflow-history.ts';

type History = ReturnType<typeof historyFromJSON>;

const REPLAY_MS = 120_000;
/**
 * The first activity of each workflow type, and of a release that continues as new in each of its positions, with
 * another one in its place.
 */
const FIRST_ACTIVITIES = [
  ['preflight', 'unclaim'],
  ['guardStable', 'verify'],
  ['startRelease', 'record'],
  ['guard', 'verify'],
  ['start', 'promote'],
  ['withdraw', 'settle'],
  ['deliveryOnboard', 'deliveryBuild'],
  ['awaitTarget', 'startQueued'],
  ['withdrawFor', 'startQueued'],
] as const;
const names = readdirSync(HISTORIES)
  .filter((name) => name.endsWith('.json'))
  .sort();
const code = readFileSync(await workflowBundle(homeOf()), 'utf8');
quietRuntime();
afterAll(() => Runtime.instance().shutdown());

test('histories were recorded: SLUICE_RECORD_HISTORIES=1 makes the workflow tests keep theirs', () => {
  expect(names.length).toBeGreaterThan(0);
});

test(
  'every recorded release is replayed by the present workflow code',
  async () => {
    const results = await replay(code);
    expect(results).toHaveLength(names.length);
    expect(
      results.filter(({ error }) => error).map(({ runId, error }) => `${nameOf(runId)}: ${error?.message}`),
    ).toEqual([]);
  },
  REPLAY_MS,
);

test(
  'workflow code that does something else is found out',
  async () => {
    const changed = FIRST_ACTIVITIES.reduce((text, [name, other]) => {
      const next = text.replace(new RegExp(`\\b${name}\\.executeWithOptions`), `${other}.executeWithOptions`);
      expect(next).not.toBe(text);
      return next;
    }, code);
    const results = await replay(changed);
    expect(results.map(({ error }) => error?.name)).toEqual(names.map(() => 'DeterminismViolationError'));
  },
  REPLAY_MS,
);

/**
 * As historyToJSON, the Temporal CLI and the Temporal UI write it; a text that was written as JSON once more is read
 * too.
 */
function historyIn(name: string): History {
  const read: unknown = JSON.parse(readFileSync(join(HISTORIES, name), 'utf8'));
  return historyFromJSON(typeof read === 'string' ? JSON.parse(read) : read);
}

const startOf = (history: History) => history.events?.[0]?.workflowExecutionStartedEventAttributes;

/** The recording of a run; a run that was recorded under several names has the first. */
const nameOf = (runId: string): string =>
  names.find((name) => startOf(historyIn(name))?.originalExecutionRunId === runId) ?? runId;

/** Under the workflow id of the recording: a release checks it. */
async function replay(workflowCode: string): Promise<ReplayResult[]> {
  const histories = names.map((name) => {
    const history = historyIn(name);
    return { workflowId: startOf(history)?.workflowId ?? name, history };
  });
  const results: ReplayResult[] = [];
  for await (const result of Worker.runReplayHistories({ workflowBundle: { code: workflowCode } }, histories))
    results.push(result);
  return results;
}
