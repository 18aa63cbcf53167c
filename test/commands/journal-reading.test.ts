import { expect, test } from '@jest/globals';
import type { CommandContext, CommandServices } from '../../src/commands/command.ts';
import { releaseGet } from '../../src/toolsets/release/release-get.ts';
import { releaseList } from '../../src/toolsets/release/release-list.ts';
import { releaseReport } from '../../src/toolsets/release/release-report.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { AT, aView, createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { createFakeJournal } from '../support/fake-journal.ts';
import { eventEntry, releaseEntry } from '../support/journal-entries.ts';

const ID = 'release/prod/shop/web';

/** A process in which Temporal knows `views`, and the journal what was appended. */
function stage(...views: Parameters<typeof createFakeGateway>) {
  const [gateway, journal] = [createFakeGateway(...views), createFakeJournal()];
  const services: CommandServices = { ...fakeServices(gateway), journal };
  const context: CommandContext = {
    ...services,
    caller: { id: 'test', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
  return { gateway, journal, context };
}

const ended = { state: 'succeeded', reason: 'shop:v2 is stable', closedAt: AT + 9 } as const;

test('what Temporal has forgotten is told from the journal, and said so', async () => {
  const { journal, context } = stage();
  await journal.append([
    eventEntry('run-1', 'event/1', AT + 1),
    releaseEntry('run-1', 1),
    eventEntry('run-1', 'event/2', AT + 5),
    releaseEntry('run-1', 2, ended),
  ]);
  await journal.append([
    {
      releaseId: ID,
      runId: 'run-1',
      key: 'command/1',
      kind: 'command',
      at: AT + 4,
      data: { requestId: 'c', command: 'promote', outcome: 'applied', detail: 'done', duplicate: false },
    },
  ]);
  await journal.append([releaseEntry('run-0', 1, { ...ended, startedAt: AT - 99, closedAt: AT - 50 })]);

  const answer = await releaseGet.run(context, { release_id: ID });

  expect(answer).toMatchObject({
    run_id: 'run-1',
    state: 'succeeded',
    reason: 'shop:v2 is stable',
    source: 'journal',
    commands: [{ command: 'promote' }],
    next: expect.stringContaining('Temporal no longer has this run'),
  });
  expect(answer.events.map(({ text }) => text)).toEqual(['of run-1, event/1', 'of run-1, event/2']);
  expect(answer.live).toBeUndefined();
  expect(releaseGet.output.parse(answer)).toEqual(answer);
  expect(releaseGet.text(answer)).toContain('journal');
});

test.each([
  ['COMPLETED', ended, 'succeeded'],
  ['TERMINATED', {}, 'failed-needs-human'],
] as const)(
  'a run that ended as %s, and that no worker can tell, is told from the journal',
  async (how, end, state) => {
    const { gateway, journal, context } = stage();
    gateway.failure = untold(how);
    await journal.append([eventEntry('run-1', 'event/1', AT + 1), releaseEntry('run-1', 1, end)]);

    const answer = await releaseGet.run(context, { release_id: ID });

    expect(answer).toMatchObject({ run_id: 'run-1', state, source: 'journal' });
    expect(answer.next).not.toContain('Temporal no longer has');
  },
);

test('while the journal does not have the end of a run, the lack of a worker is the answer', async () => {
  const { gateway, journal, context } = stage();
  gateway.failure = untold('COMPLETED');
  await journal.append([eventEntry('run-1', 'event/1', AT + 1), releaseEntry('run-1', 1)]);

  await expect(releaseGet.run(context, { release_id: ID })).rejects.toMatchObject({ code: 'NO_ANSWER' });
});

/** The error of a run that has ended, while no worker answers its query. */
function untold(how: string): SluiceError {
  return new SluiceError('NO_ANSWER', 'no worker', { details: { run_id: 'run-1', run: { status: 'ended', how } } });
}

test('what Temporal knows is never told from the journal', async () => {
  const { journal, context } = stage([aView()]);
  await journal.append([releaseEntry(aView().runId, 1, ended)]);

  const answer = await releaseGet.run(context, { release_id: ID });

  expect(answer).toMatchObject({ state: 'soaking' });
  expect(answer).not.toHaveProperty('source');
});

test('a release that nobody knows is not found; with a journal that is away it is said that it could not be asked', async () => {
  const { journal, context } = stage();
  await expect(releaseGet.run(context, { release_id: ID })).rejects.toMatchObject({
    code: 'RELEASE_NOT_FOUND',
    message: `There is no release ${ID}.`,
  });
  // Some of its entries came through, but none that says how it stood.
  await journal.append([eventEntry('run-1', 'event/1')]);
  await expect(releaseGet.run(context, { release_id: ID })).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });

  journal.away = true;
  await expect(releaseGet.run(context, { release_id: ID })).rejects.toMatchObject({
    code: 'RELEASE_NOT_FOUND',
    message: expect.stringContaining('the journal could not be asked: The journal is away.'),
  });
});

test('when Temporal is away the journal does not pretend to know how a release stands now', async () => {
  const { gateway, journal, context } = stage();
  await journal.append([releaseEntry('run-1', 1)]);
  gateway.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'away');

  await expect(releaseGet.run(context, { release_id: ID })).rejects.toMatchObject({ code: 'TEMPORAL_UNREACHABLE' });
  await expect(releaseList.run(context, {})).rejects.toMatchObject({ code: 'TEMPORAL_UNREACHABLE' });
});

test('the list has each run once, newest first, and marks those that only the journal knows', async () => {
  const { journal, context } = stage([aView({ runId: 'run-2', startedAt: AT })]);
  await journal.append([
    releaseEntry('run-2', 1),
    releaseEntry('run-1', 1, { ...ended, startedAt: AT - 500 }),
    releaseEntry('run-3', 1, { ...ended, id: 'release/prod/shop/api', startedAt: AT + 500 }),
  ]);

  const answer = await releaseList.run(context, {});

  expect(answer.releases.map(({ run_id, source }) => [run_id, source])).toEqual([
    ['run-3', 'journal'],
    ['run-2', undefined],
    ['run-1', 'journal'],
  ]);
  expect(releaseList.output.parse(answer)).toEqual(answer);
  expect(releaseList.text(answer).split('\n')[2]).toContain('from the journal');
  expect((await releaseList.run(context, { limit: 1 })).releases.map(({ run_id }) => run_id)).toEqual(['run-3']);
  expect((await releaseList.run(context, { rollout: 'api' })).releases.map(({ run_id }) => run_id)).toContain('run-3');
});

test('a filter by state does not find what the journal believed of a release that is still open', async () => {
  const { journal, context } = stage([aView({ runId: 'run-2', state: 'judging' })]);
  await journal.append([releaseEntry('run-2', 1, { state: 'soaking' }), releaseEntry('run-1', 1, ended)]);

  expect((await releaseList.run(context, { state: 'soaking' })).releases).toEqual([]);
  expect((await releaseList.run(context, { state: 'succeeded' })).releases).toMatchObject([{ run_id: 'run-1' }]);
});

test('a list without the journal is still a list, and says what it lacks', async () => {
  const { journal, context } = stage([aView()]);
  journal.away = true;

  const answer = await releaseList.run(context, {});

  expect(answer).toMatchObject({ releases: [{ state: 'soaking' }], problem: 'The journal is away.' });
  expect(releaseList.text(answer)).toContain('Older ones may be missing: The journal is away.');
});

test('a run that is paused in Temporal before its first entry is not told as the run before it', async () => {
  const { gateway, journal, context } = stage();
  await journal.append([releaseEntry('run-0', 1, ended)]);
  gateway.failure = new SluiceError('RELEASE_HELD', 'held', {
    details: { run_id: 'run-1', run: { status: 'paused' } },
  });

  await expect(releaseGet.run(context, { release_id: ID })).rejects.toMatchObject({ code: 'RELEASE_HELD' });
  await expect(releaseReport.run(context, { release_id: ID })).rejects.toMatchObject({ code: 'RELEASE_HELD' });
});
