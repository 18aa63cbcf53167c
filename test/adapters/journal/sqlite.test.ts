import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { createJournal, journalPlace } from '../../../src/adapters/journal/index.ts';
import { loadSqlite } from '../../../src/adapters/local/load-sqlite.ts';
import { openSqlite } from '../../../src/adapters/journal/sqlite.ts';
import { eventEntry } from '../../support/journal-entries.ts';
import { databaseContract } from './database.contract.ts';
import { journalContract } from './journal.contract.ts';
import { newsContract } from './news.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-journal-'));
const shared = createJournal({ journal: 'shared.db', home: folder });
afterAll(async () => {
  await shared.close();
  rmSync(folder, { recursive: true, force: true });
});
let count = 0;
const fresh = () => ({ journal: 'journal.db', home: join(folder, `home-${(count += 1)}`) });

describe('as every journal', () => journalContract(() => shared));
describe('as every outbox of news', () => newsContract(async () => fresh()));
describe('as every database', () =>
  databaseContract({ fresh: async () => fresh(), raw: (settings) => openSqlite(journalPlace(settings)) }));

test('the file is made in the home folder at the first use, for its owner alone', async () => {
  const settings = fresh();
  const journal = createJournal(settings);
  expect(() => statSync(settings.home)).toThrow('ENOENT');

  await journal.append([eventEntry('run-1', 'event/1')]);

  const modes = readdirSync(settings.home).map((name) =>
    (statSync(join(settings.home, name)).mode & 0o777).toString(8),
  );
  expect(modes).toEqual(modes.map(() => '600'));
  await journal.close();
});

test('what is no journal, or cannot be made, is said with what to do; once it can, the journal is there', async () => {
  const settings = fresh();
  mkdirSync(settings.home);
  writeFileSync(
    join(settings.home, 'journal.db'),
    'this is a text, and a long one, so that it cannot be taken for an empty database'.repeat(20),
  );
  const journal = createJournal(settings);

  await expect(journal.append([eventEntry('run-1', 'event/1')])).rejects.toMatchObject({
    code: 'JOURNAL_UNAVAILABLE',
    message: expect.stringMatching(/journal\.db cannot be used: .*not a database/),
    next: expect.stringContaining('SLUICE_JOURNAL'),
  });

  rmSync(join(settings.home, 'journal.db'));
  await journal.append([eventEntry('run-1', 'event/1')]);
  expect(await journal.read('run-1')).toHaveLength(1);
  await journal.close();
  await expect(
    createJournal({ journal: join(settings.home, 'journal.db', 'deeper.db'), home: '/' }).read('run-1'),
  ).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
  chmodSync(settings.home, 0o700);
});

test('a writer that waits too long for another is told so, and nothing is written', async () => {
  const settings = fresh();
  const journal = createJournal(settings);
  await journal.append([eventEntry('run-1', 'event/1')]);
  const { DatabaseSync } = await loadSqlite();
  const other = new DatabaseSync(journalPlace(settings));
  other.exec('BEGIN IMMEDIATE');

  await expect(journal.append([eventEntry('run-1', 'event/2')])).rejects.toMatchObject({
    code: 'JOURNAL_UNAVAILABLE',
    message: expect.stringContaining('locked'),
  });
  expect(await journal.read('run-1')).toHaveLength(1);

  other.exec('ROLLBACK');
  await journal.append([eventEntry('run-1', 'event/2')]);
  expect(await journal.read('run-1')).toHaveLength(2);
  other.close();
  await journal.close();
});

test('of the warnings while SQLite is loaded only the one about SQLite is left out', async () => {
  const heard: string[] = [];
  const emit = jest.spyOn(process, 'emitWarning').mockImplementation((warning) => void heard.push(String(warning)));
  const sqlite = await loadSqlite(async () => {
    process.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning');
    process.emitWarning('Something else is experimental', 'ExperimentalWarning');
    return import('node:sqlite');
  });
  process.emitWarning('SQLite is an experimental feature, said later');
  emit.mockRestore();

  expect(sqlite.DatabaseSync).toBeDefined();
  expect(heard).toEqual(['Something else is experimental', 'SQLite is an experimental feature, said later']);
});
