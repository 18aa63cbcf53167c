import { createHash } from 'node:crypto';
import { linked, type AuditLink } from '../../domain/release/audit-chain.ts';
import type { AuditFact, AuditKind } from '../../domain/release/audit-fact.ts';
import { auditFacts, proposalBefore } from '../../domain/release/audit-facts.ts';
import type { RecordEntry, RecordKind } from '../../domain/release/record.ts';
import type { Query, Row } from './database.ts';

const TABLE = 'sluice_audit_entries';
/** Writers of the chain wait for each other, so that each has the last link. The name of an advisory lock. */
export const AUDIT_LOCK = TABLE;
const AT_ONCE = 1_000;
const COLUMNS = ['n', 'event', 'at', 'release_id', 'run_id', 'kind', 'data', 'prev', 'hash'] as const;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const AUDITED: readonly RecordKind[] = ['release', 'event', 'command', 'guard', 'delivery'];

/** Whether an entry may add to the chain. */
export const isAudited = ({ kind }: RecordEntry): boolean => AUDITED.includes(kind);

/**
 * Adds what new entries of the journal say to the chain, in the same transaction. `fresh`: entries that were not in the
 * journal before, so a repeated write adds nothing.
 */
export async function extendAudit(query: Query, fresh: readonly RecordEntry[]): Promise<void> {
  for (const entry of fresh.filter(isAudited)) {
    const known = await planOf(query, entry.runId);
    const proposal = known === undefined ? proposalBefore(entry, fresh, sha256) : [];
    for (const fact of proposal) await add(query, fact);
    const plan = proposal.length > 0 ? await planOf(query, entry.runId) : known;
    for (const fact of auditFacts(entry, plan, sha256)) await add(query, fact);
  }
}

/** Digest of the newest plan of a run in the chain. */
async function planOf(query: Query, runId: string): Promise<string | undefined> {
  const sql = `SELECT data FROM ${TABLE} WHERE run_id = ? AND kind = 'proposed' ORDER BY n DESC LIMIT 1`;
  const [row] = await query(sql, [runId]);
  return row && (JSON.parse(String(row['data'])) as { readonly plan?: string }).plan;
}

async function add(query: Query, fact: AuditFact): Promise<void> {
  const [known] = await query(`SELECT n FROM ${TABLE} WHERE event = ?`, [plain(fact.event)]);
  if (known) return;
  const [last] = await query(`SELECT n, hash FROM ${TABLE} ORDER BY n DESC LIMIT 1`);
  const before = last && { n: Number(last['n']), hash: String(last['hash']) };
  const { n, event, at, releaseId, runId, kind, data, prev, hash } = linked(written(fact), before, sha256);
  await query(`INSERT INTO ${TABLE} (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`, [
    n,
    event,
    at,
    releaseId,
    runId,
    kind,
    data,
    prev,
    hash,
  ]);
}

/** As a database returns it, so that its hash can be computed again. PostgreSQL refuses NUL in a text. */
function written(fact: AuditFact): AuditFact {
  const { event, releaseId, runId } = fact;
  return { ...fact, event: plain(event), releaseId: plain(releaseId), runId: plain(runId), at: Math.round(fact.at) };
}

const plain = (text: string): string => text.replaceAll('\0', '').toWellFormed();

/** The links after number `after`, at most 1000. */
export async function auditLinks(query: Query, after: number): Promise<readonly AuditLink[]> {
  const rows = await query(`SELECT * FROM ${TABLE} WHERE n > ? ORDER BY n LIMIT ${AT_ONCE}`, [after]);
  return rows.map(toLink);
}

function toLink(row: Row): AuditLink {
  const text = (name: (typeof COLUMNS)[number]) => String(row[name]);
  return {
    ...{ n: Number(row['n']), event: text('event'), at: Number(row['at']) },
    ...{ releaseId: text('release_id'), runId: text('run_id'), kind: text('kind') as AuditKind },
    ...{ data: text('data'), prev: text('prev'), hash: text('hash') },
  };
}
