import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { createJournal } from '../../../src/adapters/journal/index.ts';
import { openPostgres } from '../../../src/adapters/journal/postgres.ts';
import { eventEntry } from '../../support/journal-entries.ts';
import { execute, startPostgres } from '../../support/postgres.ts';
import { databaseContract } from './database.contract.ts';
import { journalContract } from './journal.contract.ts';
import { gapContract, newsContract } from './news.contract.ts';

jest.setTimeout(300_000);
const server = await startPostgres();
const settings = async () => ({ journal: await server.database(), home: '/nowhere' });
const shared = createJournal(await settings());
afterAll(async () => {
  await shared.close();
  await server.stop();
});

describe('as every journal', () => journalContract(() => shared));
describe('as every database', () => databaseContract({ fresh: settings, raw: ({ journal }) => openPostgres(journal) }));

describe('as every outbox of news', () => newsContract(settings));
describe('numbers of open transactions', () => gapContract(settings));

test('a server that goes away is said so, within seconds and without its password; back again, the journal goes on', async () => {
  const journal = createJournal(await settings());
  await journal.append([eventEntry('run-1', 'event/1')]);
  await server.halt();
  const began = Date.now();

  const error: unknown = await journal.append([eventEntry('run-1', 'event/2')]).catch((failure: unknown) => failure);

  expect(error).toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
  expect(String(error)).not.toContain('not-a-secret');
  expect(Date.now() - began).toBeLessThan(20_000);
  await server.resume();
  await journal.append([eventEntry('run-1', 'event/2')]);
  expect(await journal.read('run-1')).toHaveLength(2);
  await journal.close();
});

test('an account that may only read and write rows can use a journal that another one made', async () => {
  const { journal } = await settings();
  const made = createJournal({ journal, home: '/nowhere' });
  await made.append([eventEntry('run-1', 'event/1')]);
  await made.close();
  const role = `writer_${Date.now()}`;
  await execute(
    journal,
    `CREATE ROLE ${role} LOGIN`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`,
  );
  const url = new URL(journal);
  url.username = role;
  const limited = createJournal({ journal: url.href, home: '/nowhere' });

  await limited.append([eventEntry('run-1', 'event/2')]);

  expect(await limited.read('run-1')).toHaveLength(2);
  await limited.close();
});

test('an account without rights is told what it may not do', async () => {
  const { journal } = await settings();
  await execute(journal, 'CREATE ROLE nobody_here LOGIN');
  const url = new URL(journal);
  url.username = 'nobody_here';
  const refused = createJournal({ journal: url.href, home: '/nowhere' });

  await expect(refused.read('run-1')).rejects.toMatchObject({
    code: 'JOURNAL_UNAVAILABLE',
    message: expect.stringContaining('permission denied'),
  });
  await refused.close();
});
