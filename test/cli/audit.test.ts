import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createJournal } from '../../src/adapters/journal/index.ts';
import { openSqlite } from '../../src/adapters/journal/sqlite.ts';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { createAudit } from '../../src/observability/audit.ts';
import { createLog } from '../../src/observability/log.ts';
import { sluice } from '../support/cli.ts';
import { AT, createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { releaseEntry } from '../support/journal-entries.ts';

const entry: AuditEntry = {
  ...{ at: '2026-01-01T00:00:00.000Z', who: 'cli:ada', tool: 'release_start', kind: 'write' },
  ...{ arguments: {}, result: 'begun', ms: 1 },
};

let home: string;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-audit-'));
  file = join(home, 'audit.jsonl');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const process_ = () => createAudit({ home, file, log: createLog('silent') });
const verify = (...words: string[]) =>
  sluice({ gateway: createFakeGateway(), env: { SLUICE_HOME: home } }, 'audit', 'verify', ...words);

test('calls of several processes at once leave a log that is intact, and a change in it is found', async () => {
  const processes = [process_(), process_(), process_()];
  await Promise.all(processes.flatMap((one) => [one.begin(entry), one.record(entry), one.begin(entry)]));
  await process_().record(entry);

  const { code, out } = await verify();
  expect(out).toMatch(
    /^Calls: 10 lines of 4 processes: no line was changed or removed\.\nLast hash of calls: [0-9a-f]{64}\nReleases: 0 entries of the journal: no entry was changed or removed\.\nKeep each/,
  );
  expect(code).toBe(0);

  writeFileSync(file, readFileSync(file, 'utf8').replace('release_start', 'release_get'));
  const after = await verify();
  expect(after.out).toMatch(/^Calls: 10 lines of 4 processes: broken\.\nline 1: it was changed after it was written\n/);
  expect(after.code).toBe(7);
});

test('lines that are missing at the end are seen with the hash that was kept', async () => {
  const audit = process_();
  for (let index = 0; index < 3; index += 1) await audit.begin(entry);
  const hash = (JSON.parse((await verify('-o', 'json')).out) as { last: string }).last;
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  writeFileSync(file, `${lines.slice(0, 2).join('\n')}\n`);

  expect((await verify()).code).toBe(0);
  const { code, out } = await verify('--expect', hash);
  expect(code).toBe(7);
  expect(out).toContain('The expected hash is not there.');
});

test('a line after a torn one stands for itself', async () => {
  await process_().begin(entry);
  appendFileSync(file, '{"at":"2026');
  await process_().begin(entry);
  expect((await verify()).out).toMatch(
    /^Calls: 3 lines of 2 processes: broken\.\nline 2: it is no whole line of an audit log\nLast hash of calls/,
  );
});

test('without a file, and with a log that goes to stderr, the way out is named', async () => {
  expect(await verify()).toMatchObject({
    code: 2,
    err: expect.stringMatching(/cannot be read: .*\nNext: Name a file/),
  });
  expect(await verify('--set', 'SLUICE_AUDIT_LOG=stderr')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/goes to stderr.*\nNext: Name the files/),
  });
});

describe('releases', () => {
  const open = () => createJournal({ journal: 'journal.db', home });
  const withJournal = async (...words: string[]) => {
    const journal = open();
    const services = { ...fakeServices(createFakeGateway()), journal };
    try {
      return await sluice(
        { gateway: createFakeGateway(), services, env: { SLUICE_HOME: home } },
        'audit',
        'verify',
        ...words,
      );
    } finally {
      await journal.close();
    }
  };
  const write = async () => {
    const journal = open();
    await journal.append([1, 2, 3].map((number) => releaseEntry(`run-${number}`, 1, { closedAt: AT })));
    await journal.close();
  };
  const change = async (sql: string) => {
    const db = await openSqlite(join(home, 'journal.db'));
    await db.query(sql);
    await db.close();
  };

  test('a whole chain is said to be whole, without a log of calls too', async () => {
    await write();
    const { code, out } = await withJournal('--releases', '--set', 'SLUICE_AUDIT_LOG=stderr');
    expect(out).toMatch(
      /^Releases: 6 entries of the journal: no entry was changed or removed\.\nLast hash of releases: [0-9a-f]{64}\n/,
    );
    expect(code).toBe(0);
  });

  test.each([
    [
      "UPDATE sluice_audit_entries SET data = replace(data, 'cli:ada', 'cli:eve') WHERE n = 3",
      'entry 3: it was changed after it was written',
    ],
    ['DELETE FROM sluice_audit_entries WHERE n IN (2, 3)', 'entry 4: entries 2 to 3 are missing before it'],
    ["UPDATE sluice_audit_entries SET kind = 'approved' WHERE n = 2", 'entry 2: it was changed after it was written'],
  ])('%s is found', async (sql, why) => {
    await write();
    await change(sql);
    const { code, out } = await withJournal('--releases');
    expect(out).toContain(`Releases: ${sql.startsWith('DELETE') ? 4 : 6} entries of the journal: broken.\n${why}`);
    expect(code).toBe(7);
  });

  test('the last entries are missed with their hash', async () => {
    await write();
    const { last } = (JSON.parse((await withJournal('--releases', '-o', 'json')).out) as { releases: { last: string } })
      .releases;
    expect((await withJournal('--releases', '--expect', last)).code).toBe(0);
    await change('DELETE FROM sluice_audit_entries WHERE n = 6');
    expect((await withJournal('--releases')).code).toBe(0);
    expect((await withJournal('--releases', '--expect', last)).code).toBe(7);
  });

  test('files and the journal alone contradict each other', async () => {
    expect(await verify('--releases', file)).toMatchObject({ code: 2, err: expect.stringContaining('--releases') });
  });
});
