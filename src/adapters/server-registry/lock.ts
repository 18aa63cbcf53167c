import type * as Sqlite from 'node:sqlite';
import { SluiceError } from '../../domain/errors.ts';
import { loadSqlite } from '../local/load-sqlite.ts';

const BUSY = 5;
/** Milliseconds between two attempts, at least and at most. */
const PAUSE = [5, 25] as const;

/**
 * Runs `work` while this process alone holds the lock of a file. The lock is that of an empty SQLite database: the
 * operating system releases it when its holder ends or is killed, so a lock is never stale. `patience`: milliseconds.
 * Errors: SERVER_REGISTRY_BUSY, SERVER_FILE_UNAVAILABLE, those of `work`.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, patience = 10_000): Promise<T> {
  const database = await open(file);
  try {
    await acquire(database, file, Date.now() + patience);
    return await work();
  } finally {
    database.close();
  }
}

async function open(file: string): Promise<Sqlite.DatabaseSync> {
  const { DatabaseSync } = await loadSqlite();
  try {
    return new DatabaseSync(file, { timeout: 0 });
  } catch (cause) {
    throw unavailable(file, cause);
  }
}

/** `BEGIN IMMEDIATE` takes the lock of a writer. Nothing is written. Closing the database ends it. */
async function acquire(database: Sqlite.DatabaseSync, file: string, end: number): Promise<void> {
  while (!taken(database, file)) {
    if (Date.now() > end) throw new SluiceError('SERVER_REGISTRY_BUSY', `Another process holds the lock of ${file}.`);
    const [least, most] = PAUSE;
    await new Promise((resolve) => setTimeout(resolve, least + Math.random() * (most - least)));
  }
}

function taken(database: Sqlite.DatabaseSync, file: string): boolean {
  try {
    database.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === BUSY) return false;
    throw unavailable(file, error);
  }
}

function unavailable(file: string, cause: unknown): SluiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError('SERVER_FILE_UNAVAILABLE', `The lock ${file} cannot be opened: ${reason}`, { cause });
}
