import { expect, test } from '@jest/globals';
import { lineScreen } from '../../src/cli/watch-lines.ts';
import { toReleaseOutput } from '../../src/contract/release-view.ts';
import type { ReleaseView } from '../../src/domain/release/view.ts';
import { aView, AT } from '../support/fake-gateway.ts';

function pipe(format: 'text' | 'json') {
  const lines: string[] = [];
  let now = AT;
  const unused = () => Promise.reject(new Error('not in this test'));
  const io = { out: (text: string) => void lines.push(text), err: unused, ask: unused };
  const screen = lineScreen(
    { ...io, interactive: false, live: false, stopped: AbortSignal.any([]) },
    format,
    () => now,
  );
  return {
    lines,
    async show(view: ReleaseView, afterMs = 0) {
      now += afterMs;
      await screen.show({ ...toReleaseOutput(view, 10), next: '' }, now);
    },
  };
}

test('a pipe gets a sign of life every 15 s and nothing between', async () => {
  const { lines, show } = pipe('text');

  await show(aView());
  for (let second = 1; second <= 30; second += 1) await show(aView(), 1000);

  expect(lines.slice(1).map((line) => line.replace(/^\S+ /, ''))).toEqual([
    'still soaking (step 1 of 2, weight 10 %)',
    'still soaking (step 1 of 2, weight 10 %)',
  ]);
});

test('a sign of life repeats no reason, and tells one that is new', async () => {
  const { lines, show } = pipe('text');
  const asking = (reason: string) => aView({ state: 'waiting-for-decision', reason, events: [] });

  await show(asking('weight 10 passed (0 of 954 failed)'));
  await show(asking('weight 10 passed (0 of 954 failed)'), 15_000);
  await show(asking('the verdict is old'), 15_000);

  expect(lines).toEqual([
    '2026-11-01T10:00:00.000Z waiting-for-decision: weight 10 passed (0 of 954 failed)',
    '2026-11-01T10:00:15.000Z still waiting-for-decision (step 1 of 2, weight 10 %)',
    '2026-11-01T10:00:30.000Z still waiting-for-decision: the verdict is old (step 1 of 2, weight 10 %)',
  ]);
});

test('the times of lines do not go back, however long an answer takes', async () => {
  const { lines, show } = pipe('text');
  const event = (ms: number) => ({ at: AT + ms, state: 'judging' as const, text: `at ${ms}` });

  await show(aView({ events: [event(0)] }));
  // The event came after the question, and before its answer.
  await show(aView({ state: 'judging', reason: 'new', events: [event(0), event(1500)] }), 1000);
  await show(aView({ state: 'aborting', reason: 'bad', events: [event(0), event(1500)] }), 400);
  await show(aView({ state: 'aborting', reason: 'bad', events: [event(0), event(1500), event(1700)] }), 16_000);

  const times = lines.map((line) => line.split(' ')[0]);
  expect(times).toEqual([...times].sort());
  expect(times).toHaveLength(6);
});

test('in JSON a sign of life is a line that says that nothing changed', async () => {
  const { lines, show } = pipe('json');

  await show(aView());
  await show(aView(), 15_000);
  await show(aView({ state: 'judging' }), 1000);

  expect(lines.map((line) => (JSON.parse(line) as { changed: boolean }).changed)).toEqual([true, false, true]);
});
