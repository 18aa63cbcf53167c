import { describe, expect, test } from '@jest/globals';
import { createFakeJournal } from '../../support/fake-journal.ts';
import { eventEntry } from '../../support/journal-entries.ts';
import { journalContract } from './journal.contract.ts';

const journal = createFakeJournal();
describe('as every journal', () => journalContract(() => journal));

test('while it is away it refuses everything', async () => {
  const away = createFakeJournal();
  away.away = true;
  await expect(away.append([eventEntry('run-1', 'event/1')])).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
  away.away = false;
  expect(await away.read('run-1')).toEqual([]);
});
