import { SluiceError } from '../domain/errors.ts';
import type { RecordEntry } from '../domain/release/record.ts';
import type { ReleaseView } from '../domain/release/view.ts';
import type { Log } from '../observability/log.ts';
import type { JournalPort } from '../ports/journal.ts';
import type { ReleaseGateway, ReleaseSummary } from '../temporal/gateway.ts';

/** Maximum number of runs that are compared between Temporal and the journal. */
const MAX_RUNS = 2_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** A worker that has just started needs some time before it answers queries. */
const FIRST_MS = 5_000;

interface JournalRepair {
  readonly gateway: Pick<ReleaseGateway, 'list' | 'get' | 'owns'>;
  readonly journal: JournalPort;
  readonly log: Log;
  readonly taskQueue: string;
  readonly retentionDays: number;
  readonly now: () => number;
}

/** Repairs the journal while a worker runs: soon after its start, then every hour. Returns a function that stops it. */
export function repairJournal(repair: JournalRepair): () => void {
  let timer = setTimeout(look, FIRST_MS).unref();
  let stopped = false;
  function look(): void {
    void sweep(repair)
      .catch((err: unknown) =>
        repair.log.warn({ err }, 'The journal could not be repaired. The next attempt is in an hour'),
      )
      .finally(() => {
        if (!stopped) timer = setTimeout(look, HOUR_MS).unref();
      });
  }
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/**
 * Writes what the journal lacks of ended releases that Temporal still has: releases that were terminated, or that ended
 * while the journal was unreachable. Then removes releases that are older than the retention. Errors: those of the
 * gateway and the journal.
 */
export async function sweep(repair: JournalRepair): Promise<{ readonly found: number; readonly removed: number }> {
  const { gateway, journal, now, retentionDays, taskQueue } = repair;
  const before = now() - retentionDays * DAY_MS;
  const ended = (await gateway.list({ taskQueue, limit: MAX_RUNS })).filter(
    ({ closedAt }) => closedAt !== undefined && closedAt >= before,
  );
  const known = new Set(
    (await journal.releases({ limit: MAX_RUNS }))
      .filter(({ closedAt }) => closedAt !== undefined)
      .map(({ runId }) => runId),
  );
  let found = 0;
  for (const summary of ended) if (!known.has(summary.runId) && (await writeMissing(repair, summary))) found += 1;
  return { found, removed: await journal.prune(before) };
}

/**
 * One run that cannot be read (for example because its history is damaged) must not prevent the others from being
 * written.
 */
async function writeMissing({ gateway, journal, log }: JournalRepair, summary: ReleaseSummary): Promise<boolean> {
  try {
    const view = await gateway.get(summary.id, summary.runId);
    // A reset ends a run. The release continues in the next run, under the same run id.
    const ownership = await gateway.owns({ releaseId: summary.id, runId: view.runId });
    if (ownership === 'open' || ownership === 'held') return false;
    await journal.append(entriesOf(view, summary));
    return true;
  } catch (err) {
    if (err instanceof SluiceError && err.code === 'JOURNAL_UNAVAILABLE') throw err;
    log.warn(
      { err, release: summary.id, run: summary.runId },
      'A release that has ended could not be written to the journal',
    );
    return false;
  }
}

/**
 * The entries that the release would have written, with the same keys. A run that was terminated has no last state of
 * its own.
 */
function entriesOf(view: ReleaseView, { state, closedAt = view.startedAt }: ReleaseSummary): RecordEntry[] {
  const { events, eventsBefore = 0, commands, waiting: _, ...snapshot } = view;
  const of = { releaseId: view.id, runId: view.runId };
  const reason = view.closedAt === undefined ? `ended from outside while ${view.state}: ${view.reason}` : view.reason;
  return [
    ...events.map(
      (data, index): RecordEntry => ({
        ...of,
        key: `event/${eventsBefore + index + 1}`,
        kind: 'event',
        at: data.at,
        data,
      }),
    ),
    ...commands.map(
      (data, index): RecordEntry => ({ ...of, key: `command/${index + 1}`, kind: 'command', at: closedAt, data }),
    ),
    {
      ...of,
      key: 'release/swept',
      kind: 'release',
      at: closedAt,
      data: { ...snapshot, state, reason, closedAt: view.closedAt ?? closedAt },
    },
  ];
}
