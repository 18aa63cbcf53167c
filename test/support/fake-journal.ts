import { createHash } from 'node:crypto';
import { ENTRY_COLUMNS, toEntry, toEntryRow, toRunRow } from '../../src/adapters/journal/rows.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { linked, type AuditLink } from '../../src/domain/release/audit-chain.ts';
import type { AuditFact } from '../../src/domain/release/audit-fact.ts';
import { auditFacts, proposalBefore } from '../../src/domain/release/audit-facts.ts';
import type { RecordEntry } from '../../src/domain/release/record.ts';
import { parseReleaseId } from '../../src/domain/release/target.ts';
import type { JournalFilter, JournalPort, JournalRelease } from '../../src/ports/journal.ts';

export interface FakeJournal extends JournalPort {
  readonly entries: RecordEntry[];
  /** While true, every call fails. */
  away: boolean;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A journal in memory. test/adapters/journal proves that it meets the port's contract. */
export function createFakeJournal(): FakeJournal {
  const runs = new Map<string, JournalRelease & { readonly at: number }>();
  const checkpoints = new Map<string, { readonly at: number; readonly data: string }>();
  const answer = async <T>(work: () => T): Promise<T> => {
    if (fake.away) throw new SluiceError('JOURNAL_UNAVAILABLE', 'The journal is away.');
    return work();
  };
  const links: AuditLink[] = [];
  const link = (fact: AuditFact) => {
    if (!links.some(({ event }) => event === fact.event)) links.push(linked(fact, links.at(-1), sha256));
  };
  const planOf = (run: string) => {
    const proposed = links.findLast(({ runId, kind }) => runId === run && kind === 'proposed');
    return proposed && (JSON.parse(proposed.data) as { plan?: string }).plan;
  };
  const chain = (entry: RecordEntry, batch: readonly RecordEntry[]) => {
    if (planOf(entry.runId) === undefined) proposalBefore(entry, batch, sha256).forEach(link);
    auditFacts(entry, planOf(entry.runId), sha256).forEach(link);
  };
  const add = (entry: RecordEntry, batch: readonly RecordEntry[]) => {
    if (fake.entries.some(({ runId, key }) => runId === entry.runId && key === entry.key)) return;
    // Entries pass through the row format of a database, so that the same values are masked.
    const row = toEntryRow(entry);
    fake.entries.push(toEntry(Object.fromEntries(ENTRY_COLUMNS.map((name, index) => [name, row[index]]))));
    const known = runs.get(entry.runId);
    if (
      entry.kind === 'release' &&
      (!known || (entry.at >= known.at && (known.closedAt === undefined || entry.data.closedAt !== undefined)))
    )
      runs.set(entry.runId, { ...lineOf(entry), at: entry.at });
    chain(entry, batch);
  };
  const prune = (before: number) => {
    const gone = [...runs.values()]
      .filter(({ closedAt }) => closedAt !== undefined && closedAt < before)
      .map(({ runId }) => runId);
    for (const runId of gone) runs.delete(runId);
    for (const [runId, { at }] of checkpoints) if (at < before && !runs.has(runId)) checkpoints.delete(runId);
    const left = fake.entries.filter(({ runId, at }) => !gone.includes(runId) && (runs.has(runId) || at >= before));
    fake.entries.splice(0, fake.entries.length, ...left);
    return gone.length;
  };
  const fake: FakeJournal = {
    entries: [],
    away: false,
    append: (entries) =>
      answer(() => {
        for (const entry of entries) if (entry.kind === 'release') toRunRow(entry);
        for (const entry of entries) add(entry, entries);
      }),
    read: (runId, { kinds } = {}) =>
      answer(() =>
        fake.entries
          .filter((entry) => entry.runId === runId && (!kinds || kinds.includes(entry.kind)))
          .sort((a, b) => a.at - b.at),
      ),
    releases: (filter) =>
      answer(() =>
        [...runs.values()]
          .filter((run) => fits(run, filter))
          .sort((a, b) => b.startedAt - a.startedAt || (a.runId < b.runId ? -1 : 1))
          .slice(0, filter.limit)
          .map(({ at: _, ...line }) => line),
      ),
    writeCheckpoint: (runId, at, data) =>
      answer(() => {
        if (at >= (checkpoints.get(runId)?.at ?? Number.NEGATIVE_INFINITY)) checkpoints.set(runId, { at, data });
      }),
    readCheckpoint: (runId) => answer(() => checkpoints.get(runId)?.data),
    audit: (after) => answer(() => links.slice(after, after + 1_000)),
    prune: (before) => answer(() => prune(before)),
    close: () => Promise.resolve(),
  };
  return fake;
}

function lineOf({ runId, releaseId, data }: Extract<RecordEntry, { kind: 'release' }>): JournalRelease {
  const { state, spec, startedBy, startedAt, closedAt } = data;
  return {
    runId,
    releaseId,
    state,
    strategy: spec.strategy,
    version: spec.image,
    startedBy,
    startedAt,
    ...(closedAt === undefined ? {} : { closedAt }),
  };
}

function fits(run: JournalRelease, { releaseId, state, ...place }: JournalFilter): boolean {
  const target = parseReleaseId(run.releaseId);
  const there = (['cluster', 'namespace', 'rollout'] as const).every(
    (part) => place[part] === undefined || place[part] === target?.[part],
  );
  return (
    there && (releaseId === undefined || releaseId === run.releaseId) && (state === undefined || state === run.state)
  );
}
