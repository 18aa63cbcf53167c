import type { NewsPort, NumberedEntry, ReceiverState } from '../../ports/news.ts';
import type { Database, Row, Value } from './database.ts';
import { unavailable } from './journal.ts';
import { toEntry } from './rows.ts';

const RECEIVERS = 'sluice_news_receivers';
const DEAD = 'sluice_news_dead';
const ENTRIES = 'sluice_journal_entries';
const AT_ONCE = 500;
/** A transaction of the journal ends within this time, so a missing number will not be written any more. */
const GAP_MS = 15_000;

/** The outbox of news in an open database. `where`: its location for errors. */
export function newsIn(db: Database, where: string): NewsPort {
  const bounded = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => Promise.reject(unavailable(where, error)));
  const gaps = new Map<number, number>();
  /** Changes a row during its turn. `changes`: SQL with a placeholder for each value. */
  const change = async (receiver: string, turn: number, changes: string, values: readonly Value[]) => {
    const sql = `UPDATE ${RECEIVERS} SET ${changes} WHERE receiver = ? AND lease_until = ? RETURNING receiver`;
    return (await bounded(db.query(sql, [...values, receiver, turn]))).length > 0;
  };
  return {
    register: (receivers) => bounded(register(db, receivers)),
    take: (receiver, now, until) => bounded(take(db, receiver, now, until)),
    after: async (seq, now) => settled(await bounded(after(db, seq)), seq, now, gaps),
    advance: (receiver, turn, seq, deliveredAt) =>
      deliveredAt === undefined
        ? change(receiver, turn, 'position = ?', [seq])
        : change(receiver, turn, 'position = ?, tries = 0, problem = NULL, delivered_at = ?', [seq, deliveredAt]),
    postpone: (receiver, turn, tries, nextAt, problem) =>
      change(receiver, turn, 'tries = ?, next_at = ?, problem = ?', [tries, nextAt, problem]),
    giveUp: async (receiver, turn, seq, news, problem) => {
      const values = [receiver, news, Date.now(), problem];
      await bounded(
        db.query(
          `INSERT INTO ${DEAD} (receiver, news, at, problem) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
          values,
        ),
      );
      return change(receiver, turn, 'position = ?, tries = 0, problem = ?', [seq, problem]);
    },
    stop: (receiver, turn, problem) => change(receiver, turn, 'gone = 1, problem = ?', [problem]),
    leave: (receiver, turn) => change(receiver, turn, 'lease_until = 0', []),
    states: () => bounded(states(db)),
    close: () => db.close(),
  };
}

async function register(db: Database, receivers: readonly string[]): Promise<void> {
  for (const receiver of receivers)
    await db.query(
      `INSERT INTO ${RECEIVERS} (receiver, position, tries, next_at, lease_until, gone) SELECT CAST(? AS TEXT), COALESCE(MAX(seq), 0), 0, 0, 0, 0 FROM ${ENTRIES} WHERE 1 = 1 ON CONFLICT DO NOTHING`,
      [receiver],
    );
}

async function take(db: Database, receiver: string, now: number, until: number) {
  const sql = `UPDATE ${RECEIVERS} SET lease_until = ? WHERE receiver = ? AND lease_until <= ? AND next_at <= ? AND gone = 0 RETURNING position, tries`;
  const [row] = await db.query(sql, [until, receiver, now, now]);
  return row && { seq: Number(row['position']), tries: Number(row['tries']) };
}

async function after(db: Database, seq: number): Promise<readonly NumberedEntry[]> {
  const rows = await db.query(`SELECT * FROM ${ENTRIES} WHERE seq > ? ORDER BY seq LIMIT ${AT_ONCE}`, [seq]);
  return rows.map((row) => ({ seq: Number(row['seq']), entry: toEntry(row) }));
}

/**
 * PostgreSQL gives numbers before a transaction ends, so a lower number may still appear. It is waited for, because a
 * receiver never looks back. `gaps`: when each missing number was first noticed.
 */
function settled(
  rows: readonly NumberedEntry[],
  begin: number,
  now: number,
  gaps: Map<number, number>,
): readonly NumberedEntry[] {
  let expected = begin + 1;
  for (const [index, { seq }] of rows.entries()) {
    const since = gaps.get(expected) ?? now;
    if (seq !== expected) gaps.set(expected, since);
    if (seq !== expected && now - since < GAP_MS) return rows.slice(0, index);
    gaps.delete(expected);
    expected = seq + 1;
  }
  return rows;
}

async function states(db: Database): Promise<readonly ReceiverState[]> {
  const rows = await db.query(
    `SELECT r.*, (SELECT COUNT(*) FROM ${DEAD} d WHERE d.receiver = r.receiver) AS dead FROM ${RECEIVERS} r ORDER BY r.receiver`,
  );
  return rows.map(toState);
}

function toState(row: Row): ReceiverState {
  const deliveredAt = row['delivered_at'];
  const problem = row['problem'];
  return {
    receiver: String(row['receiver']),
    tries: Number(row['tries']),
    nextAt: Number(row['next_at']),
    gone: Number(row['gone']) === 1,
    dead: Number(row['dead']),
    ...(deliveredAt === null ? {} : { deliveredAt: Number(deliveredAt) }),
    ...(typeof problem === 'string' ? { problem } : {}),
  };
}
