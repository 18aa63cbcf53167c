import { SluiceError } from '../../domain/errors.ts';
import type { Database, Query } from './database.ts';

type Texts = readonly string[];

/**
 * The migrations of the schema. The index in the list is the version. A released migration is never changed: a later
 * one corrects it. `data` is JSON as text, because PostgreSQL's JSON types refuse NUL and reorder keys.
 */
export const MIGRATIONS: readonly ((dialect: Database['dialect']) => Texts)[] = [
  (dialect) => [
    `CREATE TABLE sluice_journal_entries (
      seq ${dialect === 'sqlite' ? 'INTEGER PRIMARY KEY AUTOINCREMENT' : 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY'},
      run_id TEXT NOT NULL, entry_key TEXT NOT NULL, release_id TEXT NOT NULL, kind TEXT NOT NULL, at BIGINT NOT NULL, data TEXT NOT NULL,
      UNIQUE (run_id, entry_key))`,
    `CREATE TABLE sluice_journal_runs (
      run_id TEXT PRIMARY KEY, release_id TEXT NOT NULL, cluster TEXT NOT NULL, namespace TEXT NOT NULL, rollout TEXT NOT NULL,
      state TEXT NOT NULL, strategy TEXT NOT NULL, version TEXT NOT NULL, started_by TEXT NOT NULL,
      started_at BIGINT NOT NULL, closed_at BIGINT, at BIGINT NOT NULL)`,
  ],
  () => [
    'CREATE INDEX sluice_journal_entries_in_order ON sluice_journal_entries (run_id, at, seq)',
    'CREATE INDEX sluice_journal_runs_started ON sluice_journal_runs (started_at)',
    'CREATE INDEX sluice_journal_runs_closed ON sluice_journal_runs (closed_at)',
  ],
  () => ['CREATE TABLE sluice_journal_checkpoints (run_id TEXT PRIMARY KEY, at BIGINT NOT NULL, data TEXT NOT NULL)'],
  () => [
    `CREATE TABLE sluice_news_receivers (
      receiver TEXT PRIMARY KEY, position BIGINT NOT NULL, tries INTEGER NOT NULL, next_at BIGINT NOT NULL,
      lease_until BIGINT NOT NULL, gone INTEGER NOT NULL, delivered_at BIGINT, problem TEXT)`,
    `CREATE TABLE sluice_news_dead (
      receiver TEXT NOT NULL, news TEXT NOT NULL, at BIGINT NOT NULL, problem TEXT NOT NULL, PRIMARY KEY (receiver, news))`,
  ],
  () => [
    `CREATE TABLE sluice_audit_entries (
      n BIGINT PRIMARY KEY, event TEXT NOT NULL UNIQUE, at BIGINT NOT NULL, release_id TEXT NOT NULL, run_id TEXT NOT NULL,
      kind TEXT NOT NULL, data TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL)`,
    'CREATE INDEX sluice_audit_entries_of_run ON sluice_audit_entries (run_id, kind, n)',
  ],
];

const TABLE = 'sluice_journal_migrations';
/** to_regclass is not used, because it may return a result from before it waited for the lock. */
const VISIBLE = 'SELECT relname FROM pg_catalog.pg_class WHERE relname = ? AND pg_catalog.pg_table_is_visible(oid)';

/**
 * Migrates the schema to the program's version. Concurrent callers wait for the first. Errors: JOURNAL_UNAVAILABLE when
 * the schema is newer than the program.
 */
export async function migrate(db: Database): Promise<void> {
  // The version is first read without a lock, so that an account without the right to change the schema can use a
  // current one.
  if (refuseNewer(await versionOf(db.dialect, db.query)) === MIGRATIONS.length) return;
  await db.transaction(
    async (query) => {
      const version = refuseNewer(await versionOf(db.dialect, query));
      if (version === 0)
        await query(`CREATE TABLE IF NOT EXISTS ${TABLE} (version INTEGER PRIMARY KEY, at TEXT NOT NULL)`);
      for (let next = version; next < MIGRATIONS.length; next += 1) await step(db.dialect, query, next);
    },
    [TABLE],
  );
}

async function step(dialect: Database['dialect'], query: Query, from: number): Promise<void> {
  for (const statement of MIGRATIONS[from]?.(dialect) ?? []) await query(statement);
  await query(`INSERT INTO ${TABLE} (version, at) VALUES (?, ?)`, [from + 1, new Date().toISOString()]);
}

/** The version of a schema. 0: there is none yet. */
export async function versionOf(dialect: Database['dialect'], query: Query): Promise<number> {
  const [found] = await query(
    dialect === 'sqlite' ? `SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?` : VISIBLE,
    [TABLE],
  );
  if (!found) return 0;
  const [row] = await query(`SELECT COALESCE(MAX(version), 0) AS version FROM ${TABLE}`);
  return Number(row?.['version'] ?? 0);
}

function refuseNewer(version: number): number {
  if (version <= MIGRATIONS.length) return version;
  throw new SluiceError(
    'JOURNAL_UNAVAILABLE',
    `The journal has schema version ${version}; this program knows versions up to ${MIGRATIONS.length}.`,
    {
      next: 'Run the newer version of Sluice that wrote it, or set SLUICE_JOURNAL to another journal.',
    },
  );
}
