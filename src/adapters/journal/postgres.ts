import type { PoolClient } from 'pg';
import type { Database, Query, Row } from './database.ts';

/** Timeout of every request to the server. */
const LIMIT_MS = 4_000;
/** Key of the journal's advisory locks, to separate them from those of other programs. Any constant number works. */
const OURS = 7_355_608;

/**
 * A pool of connections to the server of a `postgres://` URL. It connects at its first use. Errors: the driver's own.
 */
export async function openPostgres(url: string): Promise<Database> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: LIMIT_MS,
    query_timeout: LIMIT_MS,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
    application_name: 'sluice',
  });
  // An idle connection that breaks is replaced at the next use. Without a listener the event would end the process.
  pool.on('error', () => undefined);
  return {
    dialect: 'postgres',
    query: async (sql, values = []) => (await pool.query<Row>(numbered(sql), [...values])).rows,
    transaction: async (work, alone = []) =>
      transaction(await pool.connect(), async (query) => {
        for (const name of [...new Set(alone)].sort())
          await query('SELECT pg_advisory_xact_lock(?, hashtext(?))', [OURS, name]);
        return work(query);
      }),
    close: () => pool.end(),
  };
}

async function transaction<T>(client: PoolClient, work: (query: Query) => Promise<T>): Promise<T> {
  const query: Query = async (sql, values = []) => (await client.query<Row>(numbered(sql), [...values])).rows;
  let broken: Error | undefined;
  // The pool has no error listener on a connection that is checked out.
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError);
  try {
    await query('BEGIN');
    const result = await work(query);
    await query('COMMIT');
    return result;
  } catch (error) {
    await query('ROLLBACK').catch((failed: Error) => (broken = failed));
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** Converts to PostgreSQL's placeholders. No statement of the journal has a question mark in a text. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll('?', () => `$${(count += 1)}`);
}
