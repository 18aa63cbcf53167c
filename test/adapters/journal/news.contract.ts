import { expect, test } from '@jest/globals';
import { createJournal, createNews, type JournalSettings } from '../../../src/adapters/journal/index.ts';
import { openPostgres } from '../../../src/adapters/journal/postgres.ts';
import { eventEntry } from '../../support/journal-entries.ts';

const NOW = 1_800_000_000_000;

/** The outbox of news in every database. `fresh`: the settings of a journal that nobody has used. */
export function newsContract(fresh: () => Promise<JournalSettings>): void {
  test('a receiver begins behind the newest entry, and its turn belongs to one process', async () => {
    const settings = await fresh();
    const [journal, one, other] = [createJournal(settings), createNews(settings), createNews(settings)];
    await journal.append([eventEntry('run-1', 'event/1')]);
    await one.register(['team', 'team']);
    await journal.append([eventEntry('run-1', 'event/2'), eventEntry('run-1', 'event/3')]);

    const taken = await one.take('team', NOW, NOW + 1_000);
    expect(await other.take('team', NOW, NOW + 2_000)).toBeUndefined();
    expect((await one.after(taken?.seq ?? -1, NOW)).map(({ entry }) => entry.key)).toEqual(['event/2', 'event/3']);
    expect(await one.advance('team', NOW + 1_000, (taken?.seq ?? 0) + 1, NOW)).toBe(true);
    expect(await one.leave('team', NOW + 1_000)).toBe(true);

    expect(await other.take('team', NOW, NOW + 2_000)).toEqual({ seq: (taken?.seq ?? 0) + 1, tries: 0 });
    expect(await one.advance('team', NOW + 1_000, 99)).toBe(false);
    await Promise.all([journal.close(), one.close(), other.close()]);
  });

  test('tries, given-up messages and stopped receivers are kept', async () => {
    const settings = await fresh();
    const outbox = createNews(settings);
    await outbox.register(['slow', 'gone']);
    await outbox.take('slow', NOW, NOW + 1);
    await outbox.postpone('slow', NOW + 1, 3, NOW + 60_000, 'answered 500');
    await outbox.leave('slow', NOW + 1);
    expect(await outbox.take('slow', NOW + 59_999, NOW + 60_001)).toBeUndefined();
    expect(await outbox.take('slow', NOW + 60_000, NOW + 70_000)).toMatchObject({ tries: 3 });
    await outbox.giveUp('slow', NOW + 70_000, 0, 'run-1/event/1', 'answered 400');
    await outbox.take('gone', NOW, NOW + 1);
    await outbox.stop('gone', NOW + 1, 'answered 410');
    expect(await outbox.take('gone', NOW + 10, NOW + 20)).toBeUndefined();
    expect(await outbox.states()).toMatchObject([
      { receiver: 'gone', gone: true, problem: 'answered 410' },
      { receiver: 'slow', tries: 0, dead: 1, problem: 'answered 400', gone: false },
    ]);
    await outbox.close();
  });
}

/** PostgreSQL alone gives numbers to transactions that are still open. */
export function gapContract(fresh: () => Promise<JournalSettings>): void {
  test('an entry whose transaction is still open is waited for, and a number that nobody used is not', async () => {
    const settings = await fresh();
    const [journal, outbox] = [createJournal(settings), createNews(settings)];
    await journal.append([eventEntry('run-1', 'event/1')]);
    await outbox.register(['team']);
    const taken = await outbox.take('team', NOW, NOW + 1_000);
    const seq = taken?.seq ?? 0;
    const late = await openPostgres(settings.journal);
    const written = Promise.withResolvers<undefined>();
    const commit = Promise.withResolvers<undefined>();
    const open = late.transaction(async (query) => {
      await query(
        "INSERT INTO sluice_journal_entries (run_id, entry_key, release_id, kind, at, data) VALUES ('run-2', 'event/1', 'r', 'event', 1, '{}')",
      );
      written.resolve(undefined);
      await commit.promise;
    });
    await written.promise;
    await journal.append([eventEntry('run-1', 'event/2')]);

    expect(await outbox.after(seq, NOW)).toEqual([]);
    commit.resolve(undefined);
    await open;
    expect((await outbox.after(seq, NOW)).map(({ entry }) => entry.runId)).toEqual(['run-2', 'run-1']);
    // A repeated entry uses a number up without being written.
    await journal.append([eventEntry('run-1', 'event/2')]);
    await journal.append([eventEntry('run-1', 'event/3')]);
    expect(await outbox.after(seq + 2, NOW)).toEqual([]);
    expect((await outbox.after(seq + 2, NOW + 15_000)).map(({ entry }) => entry.key)).toEqual(['event/3']);
    await Promise.all([journal.close(), outbox.close(), late.close()]);
  });
}
