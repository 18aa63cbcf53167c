import { mkdirSync, openSync, closeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { Database, Query } from './database.ts';
import { loadSqlite } from '../local/load-sqlite.ts';

/** Waiting for another process blocks this one, so it must be shorter than the heartbeat timeout. */
const BUSY_MS = 2_000;
const TRIES = 20;

/** Opens a file, and creates it if needed. Several processes may have it open at once. Errors: SQLite's own. */
export async function openSqlite(path: string): Promise<Database> {
  const { DatabaseSync: Sqlite } = await loadSqlite();
  mkdirSync(dirname(path), { recursive: true });
  // The file is readable for its owner only. SQLite gives its side files the same mode.
  closeSync(openSync(path, 'a', 0o600));
  const file = new Sqlite(path);
  try {
    await retryWhileBusy(() =>
      file.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`),
    );
  } catch (error) {
    file.close();
    throw error;
  }
  return serialised(path, file);
}

/** Retries: while another process changes to WAL, the same change is refused at once, without the busy timeout. */
async function retryWhileBusy(work: () => void): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      return work();
    } catch (error) {
      if (tried === TRIES || !/locked|busy/i.test(String(error))) throw error;
      await sleep(50);
    }
  }
}

/** By path: the last queued operation of this process. */
const turns = new Map<string, Promise<unknown>>();

/**
 * Runs operations one after the other, because a connection has one transaction. All connections of this process to a
 * file share one queue: a connection that waited for another one would block it.
 */
function serialised(path: string, file: DatabaseSync): Database {
  const serially = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(path) ?? Promise.resolve()).then(work);
    turns.set(
      path,
      turn.catch(() => undefined),
    );
    return turn;
  };
  const query: Query = async (sql, values = []) => file.prepare(sql).all(...values);
  return {
    dialect: 'sqlite',
    query: (sql, values) => serially(() => query(sql, values)),
    transaction: (work) => serially(() => transaction(file, () => work(query))),
    close: () => serially(async () => file.close()),
  };
}

/** Uses BEGIN IMMEDIATE: a transaction that reads first cannot wait for another writer afterwards. */
async function transaction<T>(file: DatabaseSync, work: () => Promise<T>): Promise<T> {
  file.exec('BEGIN IMMEDIATE');
  try {
    const result = await work();
    file.exec('COMMIT');
    return result;
  } catch (error) {
    if (file.isTransaction) file.exec('ROLLBACK');
    throw error;
  }
}
