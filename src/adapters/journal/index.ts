import { resolve } from 'node:path';
import { maskSecrets } from '../../domain/safe-text.ts';
import type { JournalPort } from '../../ports/journal.ts';
import type { NewsPort } from '../../ports/news.ts';
import type { Database } from './database.ts';
import { journalIn, unavailable } from './journal.ts';
import { migrate, MIGRATIONS, versionOf } from './migrations.ts';
import { newsIn } from './news.ts';

export interface JournalSettings {
  /** A file, relative to `home`, or a `postgres://` URL. */
  readonly journal: string;
  readonly home: string;
}

const isServer = (journal: string): boolean => /^postgres(ql)?:\/\//.test(journal);

/** The journal's location for messages, without its password. */
export function journalPlace({ journal, home }: JournalSettings): string {
  return isServer(journal) ? maskSecrets(journal) : resolve(home, journal);
}

/** The file of the journal. Undefined if a server has it. */
export function journalFile({ journal, home }: JournalSettings): string | undefined {
  return isServer(journal) ? undefined : resolve(home, journal);
}

/**
 * The journal that the settings name. It is opened at its first use. If that fails, the next use opens it again.
 * Errors: JOURNAL_UNAVAILABLE.
 */
export function createJournal(settings: JournalSettings): JournalPort {
  let opening: Promise<JournalPort> | undefined;
  const opened = (): Promise<JournalPort> =>
    (opening ??= open(settings).catch((error: unknown) => {
      opening = undefined;
      throw error;
    }));
  return {
    append: async (entries) => (await opened()).append(entries),
    read: async (runId, filter) => (await opened()).read(runId, filter),
    releases: async (filter) => (await opened()).releases(filter),
    writeCheckpoint: async (runId, at, data) => (await opened()).writeCheckpoint(runId, at, data),
    readCheckpoint: async (runId) => (await opened()).readCheckpoint(runId),
    audit: async (after) => (await opened()).audit(after),
    prune: async (closedBefore) => (await opened()).prune(closedBefore),
    close: async () => {
      const last = opening;
      opening = undefined;
      await last?.then(
        (journal) => journal.close(),
        () => undefined,
      );
    },
  };
}

/**
 * The outbox of news in the journal's database, over a connection of its own. It is opened at its first use. Errors:
 * JOURNAL_UNAVAILABLE.
 */
export function createNews(settings: JournalSettings): NewsPort {
  let opening: Promise<NewsPort> | undefined;
  const opened = (): Promise<NewsPort> =>
    (opening ??= openWith(settings, newsIn).catch((error: unknown) => {
      opening = undefined;
      throw error;
    }));
  return {
    register: async (...of) => (await opened()).register(...of),
    take: async (...of) => (await opened()).take(...of),
    after: async (...of) => (await opened()).after(...of),
    advance: async (...of) => (await opened()).advance(...of),
    postpone: async (...of) => (await opened()).postpone(...of),
    giveUp: async (...of) => (await opened()).giveUp(...of),
    stop: async (...of) => (await opened()).stop(...of),
    leave: async (...of) => (await opened()).leave(...of),
    states: async () => (await opened()).states(),
    close: async () => {
      await opening?.then(
        (news) => news.close(),
        () => undefined,
      );
    },
  };
}

function open(settings: JournalSettings): Promise<JournalPort> {
  return openWith(settings, journalIn);
}

async function openWith<T>(settings: JournalSettings, make: (db: Database, where: string) => T): Promise<T> {
  const where = journalPlace(settings);
  let db: Database | undefined;
  try {
    db = await databaseOf(settings);
    await migrate(db);
    return make(db, where);
  } catch (error) {
    await db?.close().catch(() => undefined);
    throw unavailable(where, error);
  }
}

async function databaseOf(settings: JournalSettings): Promise<Database> {
  return isServer(settings.journal)
    ? (await import('./postgres.ts')).openPostgres(settings.journal)
    : (await import('./sqlite.ts')).openSqlite(journalPlace(settings));
}

/**
 * The version of the schema of the journal (0: none yet), and the one that this program brings it to. It changes
 * nothing, except that it makes a file that does not exist. Errors: JOURNAL_UNAVAILABLE.
 */
export async function journalSchema(
  settings: JournalSettings,
): Promise<{ readonly found: number; readonly own: number }> {
  let db: Database | undefined;
  try {
    db = await databaseOf(settings);
    return { found: await versionOf(db.dialect, db.query), own: MIGRATIONS.length };
  } catch (error) {
    throw unavailable(journalPlace(settings), error);
  } finally {
    await db?.close().catch(() => undefined);
  }
}
