import { SluiceError } from '../../domain/errors.ts';
import type { RecordEntry } from '../../domain/release/record.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { JournalFilter, JournalPort } from '../../ports/journal.ts';
import { AUDIT_LOCK, auditLinks, extendAudit, isAudited } from './audit.ts';
import type { Database, Query, Value } from './database.ts';
import { ENTRY_COLUMNS, RUN_COLUMNS, toEntry, toEntryRow, toRelease, toRunRow } from './rows.ts';

/** Maximum number of rows of one statement. Both databases accept far more values. */
const ROWS_AT_ONCE = 500;

/** The journal in an open database with the current schema. `where`: its location for errors, without its password. */
export function journalIn(db: Database, where: string): JournalPort {
  const bounded = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => Promise.reject(unavailable(where, error)));
  return {
    // Two transactions that write the same entries in different orders would deadlock.
    append: async (entries) => {
      // An entry that cannot be written is a fault of the entry. It must not look like an outage of the journal.
      for (const entry of entries) if (entry.kind === 'release') toRunRow(entry);
      await bounded(
        entries.length === 0
          ? Promise.resolve()
          : db.transaction(
              (query) => append(query, entries),
              [...entries.map(({ runId }) => runId), ...(entries.some(isAudited) ? [AUDIT_LOCK] : [])],
            ),
      );
    },
    read: (runId, { kinds } = {}) => bounded(read(db.query, runId, kinds)),
    releases: (filter) => bounded(releases(db.query, filter)),
    writeCheckpoint: (runId, at, data) => bounded(writeCheckpoint(db.query, runId, at, data)),
    readCheckpoint: (runId) => bounded(readCheckpoint(db.query, runId)),
    audit: (after) => bounded(auditLinks(db.query, after)),
    prune: (closedBefore) => bounded(db.transaction((query) => prune(query, closedBefore))),
    close: () => db.close(),
  };
}

export function unavailable(where: string, error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  const detail = maskSecrets(cleanText(error instanceof Error ? error.message : String(error), 300));
  return new SluiceError('JOURNAL_UNAVAILABLE', `The journal ${where} cannot be used: ${detail}`, { cause: error });
}

async function append(query: Query, entries: readonly RecordEntry[]): Promise<void> {
  for (let from = 0; from < entries.length; from += ROWS_AT_ONCE) {
    const part = entries.slice(from, from + ROWS_AT_ONCE);
    const sql = `INSERT INTO sluice_journal_entries (${ENTRY_COLUMNS.join(', ')}) VALUES ${part.map(() => places(ENTRY_COLUMNS.length)).join(', ')} ON CONFLICT DO NOTHING RETURNING run_id, entry_key`;
    const fresh = new Set(
      (await query(sql, part.flatMap(toEntryRow))).map((row) => `${String(row['run_id'])} ${String(row['entry_key'])}`),
    );
    const added = part.filter(({ runId, key }) => fresh.delete(`${runId} ${key}`));
    for (const entry of added) if (entry.kind === 'release') await noteRun(query, entry);
    await extendAudit(query, added);
  }
}

/**
 * Writes the run's line in the list of releases. A late or repeated entry does not replace a newer one, and a closed
 * run stays closed.
 */
async function noteRun(query: Query, entry: Extract<RecordEntry, { kind: 'release' }>): Promise<void> {
  const changes = RUN_COLUMNS.slice(1).map((name) => `${name} = excluded.${name}`);
  const later =
    'excluded.at >= sluice_journal_runs.at AND (sluice_journal_runs.closed_at IS NULL OR excluded.closed_at IS NOT NULL)';
  await query(
    `INSERT INTO sluice_journal_runs (${RUN_COLUMNS.join(', ')}) VALUES ${places(RUN_COLUMNS.length)} ON CONFLICT (run_id) DO UPDATE SET ${changes.join(', ')} WHERE ${later}`,
    toRunRow(entry),
  );
}

async function read(query: Query, runId: string, kinds?: readonly string[]): Promise<readonly RecordEntry[]> {
  if (kinds?.length === 0) return [];
  const only = kinds ? ` AND kind IN ${places(kinds.length)}` : '';
  const rows = await query(`SELECT * FROM sluice_journal_entries WHERE run_id = ?${only} ORDER BY at, seq`, [
    runId,
    ...(kinds ?? []),
  ]);
  return rows.map(toEntry);
}

async function releases(query: Query, { limit, releaseId, cluster, namespace, rollout, state }: JournalFilter) {
  const wanted = Object.entries({ release_id: releaseId, cluster, namespace, rollout, state }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  const where = wanted.length > 0 ? `WHERE ${wanted.map(([name]) => `${name} = ?`).join(' AND ')}` : '';
  const values: Value[] = [...wanted.map(([, value]) => value), limit];
  return (
    await query(`SELECT * FROM sluice_journal_runs ${where} ORDER BY started_at DESC, run_id LIMIT ?`, values)
  ).map(toRelease);
}

async function writeCheckpoint(query: Query, runId: string, at: number, data: string): Promise<void> {
  await query(
    `INSERT INTO ${CHECKPOINTS} (run_id, at, data) VALUES (?, ?, ?) ON CONFLICT (run_id) DO UPDATE SET at = excluded.at, data = excluded.data WHERE excluded.at >= ${CHECKPOINTS}.at`,
    [runId, at, data],
  );
}

async function readCheckpoint(query: Query, runId: string): Promise<string | undefined> {
  const [row] = await query(`SELECT data FROM ${CHECKPOINTS} WHERE run_id = ?`, [runId]);
  return row && String(row['data']);
}

/** Entries of runs without a line in the list are removed by their own age. */
async function prune(query: Query, closedBefore: number): Promise<number> {
  await query(
    'DELETE FROM sluice_journal_entries WHERE run_id IN (SELECT run_id FROM sluice_journal_runs WHERE closed_at < ?)',
    [closedBefore],
  );
  await query(
    `DELETE FROM ${CHECKPOINTS} WHERE at < ? AND run_id NOT IN (SELECT run_id FROM sluice_journal_runs WHERE closed_at IS NULL)`,
    [closedBefore],
  );
  const gone = await query('DELETE FROM sluice_journal_runs WHERE closed_at < ? RETURNING run_id', [closedBefore]);
  await query(
    'DELETE FROM sluice_journal_entries WHERE at < ? AND run_id NOT IN (SELECT run_id FROM sluice_journal_runs)',
    [closedBefore],
  );
  return gone.length;
}

const CHECKPOINTS = 'sluice_journal_checkpoints';

const places = (count: number): string => `(${Array.from({ length: count }, () => '?').join(', ')})`;
