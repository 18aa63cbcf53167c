import { beforeEach, expect, test } from '@jest/globals';
import { releaseGet } from '../../src/toolsets/release/release-get.ts';
import { releaseList } from '../../src/toolsets/release/release-list.ts';
import { releaseWait } from '../../src/toolsets/release/release-wait.ts';
import type { CommandContext } from '../../src/commands/command.ts';
import { dataAgainKey, noDataKey, verdictKey } from '../../src/domain/release/no-data.ts';
import type { KnownGuard } from '../../src/temporal/gateway.ts';
import { withNewestEvidence } from '../../src/toolsets/release/newest-evidence.ts';
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
          key: verdictKey(step, 'limits', to, 'inconclusive'),
          kind: 'verdict',
          at: to,
          data: { ...verdict(to), step, weight: 10 },
        }) as const,
    ),
  );

test('while a release is held, its newest verdict is that of the journal', async () => {
  await keep(0, AT + 2000, AT + 3000);

  expect((await withNewestEvidence({ journal }, held)).verdict).toEqual(verdict(AT + 3000));
});

test.each([
  ['an older verdict', 0, AT + 500, held],
  ['one of another step', 1, AT + 3000, held],
  ['one of a guard after the release', 2, AT + 3000, { ...held, state: 'succeeded' as const, closedAt: AT + 4000 }],
  ['one after the end', 1, AT + 3000, { ...held, state: 'rolled-back' as const, closedAt: AT + 2000 }],
])('%s changes nothing', async (_, step, to, view) => {
  await keep(step, to);

  expect(await withNewestEvidence({ journal }, view)).toBe(view);
});

test.each([undefined, held.runId])('an ended release has the newest verdict that was made (run %s)', async (run) => {
  await keep(0, AT + 2000, AT + 3000);
  const ended = { ...held, state: 'rolled-back' as const, closedAt: AT + 4000 };

  const answer = await releaseGet.run(around(ended), { release_id: held.id, run_id: run });
  expect(answer.verdict).toMatchObject({ reason: 'later', to: new Date(AT + 3000).toISOString() });
});

test.each([
  ['succeeded', 'At its end, 2026-11-01T10:00:04.000Z, 100 % of the users were on shop:v2'],
  ['rolled-back', 'At its end, 2026-11-01T10:00:04.000Z, 0 % of the users were on shop:v2'],
  ['failed-needs-human', 'At its end, 2026-11-01T10:00:04.000Z, 10 % of the users were meant to be on shop:v2'],
] as const)('the text of a release that ended as %s says where the users were then', async (state, users) => {
  const answer = await releaseGet.run(around({ ...held, state, closedAt: AT + 4000 }), { release_id: held.id });

  expect(releaseGet.text(answer)).toContain(users);
});

test('a journal that is away changes nothing', async () => {
  journal.away = true;

  expect(await withNewestEvidence({ journal }, held)).toBe(held);
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

const SINCE = AT - 600_000;
const noData = { state: 'judging', text: 'no data for 10 minutes' } as const;
const say = (key: string, at: number) =>
  journal.append([{ releaseId: held.id, runId: held.runId, key, kind: 'event', at, data: { ...noData, at } }]);
const around = (view = held, guard?: KnownGuard): CommandContext => ({
  ...fakeServices(guarded(createFakeGateway([view]), guard)),
  journal,
  caller: { id: 'cli:ada', kind: 'cli' as const },
  signal: new AbortController().signal,
  progress: () => Promise.resolve(),
});
const guarded = (gateway: ReturnType<typeof createFakeGateway>, guard: KnownGuard | undefined) =>
  Object.assign(gateway, guard && { guard: () => Promise.resolve(guard) });
const NO_DATA = 'There have been no data since 2026-';
const ISO = new Date(SINCE).toISOString();

test('release_get, release_wait and release_list say since when there have been no data', async () => {
  await say(noDataKey(SINCE), AT);

  const get = await releaseGet.run(around(), { release_id: held.id });
  expect(get.reason).toContain(`. There have been no data since ${ISO}, so nobody judges this version.`);
  expect(await releaseWait.run(around(), { release_id: held.id, timeout_seconds: 0 })).toMatchObject({
    reason: expect.stringContaining(NO_DATA),
  });
  const list = await releaseList.run(around(), {});
  expect(list.releases).toMatchObject([{ no_data_since: ISO }]);
  expect(releaseList.text(list)).toContain(`judging, no data since ${ISO}: `);
});

test('they say no more of it when data come again, also if the worker was restarted meanwhile', async () => {
  await say(noDataKey(SINCE), AT);
  await say(dataAgainKey(AT + 60_000), AT + 60_000);
  expect((await releaseGet.run(around(), { release_id: held.id })).reason).not.toContain(NO_DATA);

  await say(noDataKey(AT + 70_000), AT + 400_000);
  expect((await releaseGet.run(around(), { release_id: held.id })).reason).toContain(NO_DATA);
  await keep(0, AT + 500_000);
  expect((await releaseGet.run(around(), { release_id: held.id })).reason).not.toContain(NO_DATA);
});

test.each(['aborting', 'rolled-back'] as const)('a release that is %s needs no data', async (state) => {
  await say(noDataKey(SINCE), AT);

  expect((await releaseGet.run(around({ ...held, state }), { release_id: held.id })).reason).not.toContain(NO_DATA);
});

test.each([true, false])('the guard after a release says it while it is open (%s)', async (open) => {
  await say(noDataKey(SINCE), AT);
  const { id, runId } = held;
  const guard = { id: 'guard/x', open, releaseRunId: runId, state: 'guarding', reason: 'watching' };

  const { guard: shown } = await releaseGet.run(around({ ...held, state: 'succeeded', closedAt: AT }, guard), {
    release_id: id,
  });
  expect(shown?.reason.includes(NO_DATA)).toBe(open);
});
