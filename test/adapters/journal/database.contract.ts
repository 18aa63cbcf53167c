import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import type { Database } from '../../../src/adapters/journal/database.ts';
import { createJournal, type JournalSettings } from '../../../src/adapters/journal/index.ts';
import { MIGRATIONS } from '../../../src/adapters/journal/migrations.ts';
import { ENTRY_COLUMNS, toEntryRow } from '../../../src/adapters/journal/rows.ts';
import { checkLinks, linksOf } from '../../support/audit-links.ts';
import { eventEntry, releaseEntry } from '../../support/journal-entries.ts';

/** What a journal in a real database promises besides. */
export interface Place {
  /** Settings of a new, empty journal. */
  readonly fresh: () => Promise<JournalSettings>;
  /** Its database, without any schema of ours being made. */
  readonly raw: (settings: JournalSettings) => Promise<Database>;
}

const WRITER = fileURLToPath(new URL('../../support/journal-writer.ts', import.meta.url));
const EACH = 60;

export function databaseContract({ fresh, raw }: Place): void {
  const versions = async (settings: JournalSettings) => {
    const db = await raw(settings);
    const rows = await db.query('SELECT version FROM sluice_journal_migrations ORDER BY version');
    await db.close();
    return rows.map(({ version }) => version);
  };
  const ALL = MIGRATIONS.map((_, index) => index + 1);

  test('what one program wrote, the next one reads', async () => {
    const settings = await fresh();
    const first = createJournal(settings);
    await first.append([eventEntry('run-1', 'event/1')]);
    await first.close();
    const second = createJournal(settings);

    expect(await second.read('run-1')).toEqual([eventEntry('run-1', 'event/1')]);
    await second.close();
    expect(await versions(settings)).toEqual(ALL);
  });

  test('many that open a new journal at once make one schema', async () => {
    const settings = await fresh();
    const journals = Array.from({ length: 6 }, () => createJournal(settings));

    await Promise.all(
      journals.map((journal, number) => journal.append([eventEntry('run-1', `event/${number}`, number)])),
    );

    expect(await journals[0]?.read('run-1')).toHaveLength(6);
    await Promise.all(journals.map((journal) => journal.close()));
    expect(await versions(settings)).toEqual(ALL);
  });

  test('two processes write at once, also the same entries', async () => {
    const settings = await fresh();
    const write = async (name: string) => {
      const child = spawn(process.execPath, [WRITER, settings.journal, settings.home, name, String(EACH)], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (text: Buffer) => (said += text.toString()));
      const [code] = (await once(child, 'close')) as [number];
      return { code, said };
    };

    expect(await Promise.all(['a', 'b'].map(write))).toEqual([
      { code: 0, said: '' },
      { code: 0, said: '' },
    ]);

    const journal = createJournal(settings);
    expect(
      await Promise.all(['run-shared', 'run-a', 'run-b'].map(async (run) => (await journal.read(run)).length)),
    ).toEqual([EACH, EACH, EACH]);
    const links = await linksOf(journal);
    expect(links.map(({ event }) => event).sort()).toEqual(
      ['run-a', 'run-b', 'run-shared'].map((run) => `${run}/executed`),
    );
    expect(checkLinks(links).broken).toEqual([]);
    await journal.close();
  }, 60_000);

  test('a journal of an older version is brought to the present one with what it holds', async () => {
    const settings = await fresh();
    const entry = eventEntry('run-1', 'event/1');
    const db = await raw(settings);
    for (const statement of MIGRATIONS[0]?.(db.dialect) ?? []) await db.query(statement);
    await db.query('CREATE TABLE sluice_journal_migrations (version INTEGER PRIMARY KEY, at TEXT NOT NULL)');
    await db.query(`INSERT INTO sluice_journal_migrations (version, at) VALUES (1, 'then')`);
    await db.query(
      `INSERT INTO sluice_journal_entries (${ENTRY_COLUMNS.join(', ')}) VALUES (?, ?, ?, ?, ?, ?)`,
      toEntryRow(entry),
    );
    await db.close();

    const journal = createJournal(settings);
    expect(await journal.read('run-1')).toEqual([entry]);
    await journal.append([entry, releaseEntry('run-1', 1)]);
    expect(await journal.read('run-1')).toHaveLength(2);
    await journal.close();
    expect(await versions(settings)).toEqual(ALL);
  });

  test('a journal of a newer version is refused, and left as it is', async () => {
    const settings = await fresh();
    const newer = MIGRATIONS.length + 1;
    const first = createJournal(settings);
    await first.append([eventEntry('run-1', 'event/1')]);
    await first.close();
    const db = await raw(settings);
    await db.query(`INSERT INTO sluice_journal_migrations (version, at) VALUES (?, 'later')`, [newer]);
    await db.close();

    const journal = createJournal(settings);
    await expect(journal.read('run-1')).rejects.toMatchObject({
      code: 'JOURNAL_UNAVAILABLE',
      message: expect.stringContaining(`schema version ${newer}`),
      next: expect.stringContaining('newer version of Sluice'),
    });
    await expect(journal.append([eventEntry('run-1', 'event/2')])).rejects.toMatchObject({
      code: 'JOURNAL_UNAVAILABLE',
    });
    await journal.close();
    expect(await versions(settings)).toEqual([...ALL, newer]);
  });

  test('a transaction that fails leaves nothing, and the next one goes on', async () => {
    const settings = await fresh();
    const journal = createJournal(settings);
    await journal.append([eventEntry('run-1', 'event/1')]);
    const db = await raw(settings);
    const failing = db.transaction(async (query) => {
      await query('DELETE FROM sluice_journal_entries');
      await query('SELECT nothing FROM nowhere');
    });

    await expect(failing).rejects.toThrow();
    expect(await db.transaction((query) => query('SELECT run_id FROM sluice_journal_entries'))).toHaveLength(1);
    await db.close();
    await journal.close();
  });
}
