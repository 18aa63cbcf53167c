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
      await screen.show({ ...toReleaseOutput(view, 10), next: '' });
    },
  };
}

test('a pipe gets a sign of life every 15 s and nothing between', async () => {
  const { lines, show } = pipe('text');

  await show(aView());
  for (let second = 1; second <= 30; second += 1) await show(aView(), 1000);

  expect(lines.slice(1).map((line) => line.replace(/^\S+ /, ''))).toEqual([
    'still soaking: weight 10 for 60 s (step 1 of 2, weight 10 %)',
    'still soaking: weight 10 for 60 s (step 1 of 2, weight 10 %)',
  ]);
});

test('in JSON a sign of life is a line that says that nothing changed', async () => {
  const { lines, show } = pipe('json');

  await show(aView());
  await show(aView(), 15_000);
  await show(aView({ state: 'judging' }), 1000);

  expect(lines.map((line) => (JSON.parse(line) as { changed: boolean }).changed)).toEqual([true, false, true]);
});
