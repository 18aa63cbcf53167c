import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { createJournal, journalFile } from '../../src/adapters/journal/index.ts';
import { MIGRATIONS } from '../../src/adapters/journal/migrations.ts';
import { openSqlite } from '../../src/adapters/journal/sqlite.ts';
import { loadSettings } from '../../src/config/load.ts';
import { journalCheck } from '../../src/entry/doctor-journal.ts';
import { settingsChecks } from '../../src/entry/doctor-settings.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

/** Starts an HTTP server that gives this answer to every request. Returns its port. */
async function answering(body: string): Promise<number> {
  server = createServer((_, response) => response.end(body));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function toolsFinding(port: number): Promise<string | undefined> {
  const env = { SLUICE_HOME: mkdtempSync(join(tmpdir(), 'sluice-doctor-')), MCP_PORT: String(port) };
  const found = await settingsChecks(loadSettings({ env, flags: {} }).settings);
  return found.find(({ name }) => name === 'tools')?.detail;
}

test('doctor says what it read in its own settings, and what the running server offers', async () => {
  const port = await answering(JSON.stringify({ tools: [{}, {}, {}] }));
  const reading = CATALOGUE.filter(({ kind }) => kind === 'read').length;

  expect(await toolsFinding(port)).toMatch(
    new RegExp(
      `^with the settings of this command a server offers ${reading} of ${CATALOGUE.length} .*writing off.*; the server at http://127\\.0\\.0\\.1:${port} offers 3$`,
    ),
  );
});

test.each([
  ['{"ok":true}', 'what answers at .* is no server of Sluice'],
  ['no JSON', 'what answers at .* is no server of Sluice'],
])('an answer %j: %s', async (body, detail) => {
  expect(await toolsFinding(await answering(body))).toMatch(new RegExp(detail));
});

test('a server that takes a connection and does not answer in time is not called absent', async () => {
  server = createServer(() => undefined);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const detail = await toolsFinding(port);
  server.closeAllConnections();

  expect(detail).toContain(`the server at http://127.0.0.1:${port} has not answered within 5 s`);
}, 30_000);

test('without a server doctor says so', async () => {
  const port = await answering('');
  await new Promise((resolve) => server?.close(resolve));

  expect(await toolsFinding(port)).toContain(`no server answers at http://127.0.0.1:${port}`);
});

test('doctor makes no journal: a path that does not exist may be a mistake', async () => {
  const home = mkdtempSync(join(tmpdir(), 'sluice-doctor-'));
  const journalOf = async (path: string) => {
    const env = { SLUICE_HOME: home, MCP_PORT: '1', SLUICE_JOURNAL: path };
    const found = await settingsChecks(loadSettings({ env, flags: {} }).settings);
    return found.find(({ name }) => name === 'journal');
  };
  const there = join(home, 'new', 'x.db');

  expect(await journalOf(there)).toMatchObject({ state: 'ok', detail: expect.stringContaining('does not exist yet') });
  expect(existsSync(join(home, 'new'))).toBe(false);
  const file = join(home, 'file');
  writeFileSync(file, '');
  expect(await journalOf(join(file, 'x.db'))).toMatchObject({
    state: 'missing',
    detail: `${join(file, 'x.db')} does not exist, and ${file} is no folder in which it can be made`,
  });
});

test('doctor compares the schema of the journal, and leaves an older one as it is', async () => {
  const home = mkdtempSync(join(tmpdir(), 'sluice-doctor-'));
  const { settings } = loadSettings({ env: { SLUICE_HOME: home }, flags: {} });
  const own = MIGRATIONS.length;
  const journal = createJournal(settings);
  await journal.releases({ limit: 1 });
  await journal.close();
  expect(await journalCheck(settings)).toMatchObject({
    state: 'ok',
    detail: expect.stringMatching(new RegExp(`, schema ${own} as in this version, kept for .*; it is empty$`)),
  });

  const schema = async (sql: string) => {
    const db = await openSqlite(journalFile(settings) as string);
    await db.query(sql);
    await db.close();
  };
  await schema(`DELETE FROM sluice_journal_migrations WHERE version = ${own}`);
  for (const _ of [1, 2])
    expect(await journalCheck(settings)).toMatchObject({
      state: 'missing',
      detail: expect.stringMatching(new RegExp(` has schema ${own - 1}, and this version has schema ${own}$`)),
      next: expect.stringContaining(`it brings the journal to schema ${own}`),
    });
  await schema(`INSERT INTO sluice_journal_migrations (version, at) VALUES (${own}, ''), (${own + 1}, '')`);
  expect(await journalCheck(settings)).toMatchObject({
    state: 'missing',
    detail: expect.stringContaining(`schema version ${own + 1}; this program knows versions up to ${own}`),
  });
});
