import { beforeEach, expect, test } from '@jest/globals';
import { releaseGet } from '../../src/toolsets/release/release-get.ts';
import { withNewestVerdict } from '../../src/toolsets/release/newest-verdict.ts';
import type { Verdict } from '../../src/domain/analysis/verdict.ts';
import { aView, AT, createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { createFakeJournal, type FakeJournal } from '../support/fake-journal.ts';

const verdict = (to: number, reason = 'later'): Verdict => ({
  outcome: 'inconclusive',
  reason,
  findings: [],
  from: AT,
  to,
});
const held = aView({ state: 'judging', verdict: verdict(AT + 1000, 'first') });
let journal: FakeJournal;
beforeEach(() => {
  journal = createFakeJournal();
});

const keep = (step: number, ...ends: readonly number[]) =>
  journal.append(
    ends.map(
      (to) =>
        ({
          releaseId: held.id,
          runId: held.runId,
          key: `verdict/${step}/${to}`,
          kind: 'verdict',
          at: to,
          data: { ...verdict(to), step, weight: 10 },
        }) as const,
    ),
  );

test('while a release is held, its newest verdict is that of the journal', async () => {
  await keep(0, AT + 2000, AT + 3000);

  expect((await withNewestVerdict({ journal }, held)).verdict).toEqual(verdict(AT + 3000));
});

test.each([
  ['an older verdict', 0, AT + 500, held],
  ['one of another step', 1, AT + 3000, held],
  ['one of a release that has ended', 0, AT + 3000, { ...held, state: 'rolled-back' as const }],
])('%s changes nothing', async (_, step, to, view) => {
  await keep(step, to);

  expect(await withNewestVerdict({ journal }, view)).toBe(view);
});

test('a journal that is away changes nothing', async () => {
  journal.away = true;

  expect(await withNewestVerdict({ journal }, held)).toBe(held);
});

test('release_get tells it, in short and in full', async () => {
  await keep(0, AT + 2000);
  const context = {
    ...fakeServices(createFakeGateway([held])),
    journal,
    caller: { id: 'cli:ada', kind: 'cli' as const },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };

  for (const detail of ['concise', 'full'] as const)
    expect(await releaseGet.run(context, { release_id: held.id, detail })).toMatchObject({
      verdict: { reason: 'later' },
    });
});
