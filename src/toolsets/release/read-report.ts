import { SluiceError } from '../../domain/errors.ts';
import { buildReport } from '../../domain/report/build-report.ts';
import { withLive } from '../../domain/report/live-entries.ts';
import type { ReleaseReport } from '../../domain/report/report.ts';
import { viewFromRecord } from '../../domain/release/from-record.ts';
import type { RecordEntry } from '../../domain/release/record.ts';
import { trueView, type RunFacts } from '../../domain/release/run-facts.ts';
import type { ReleaseView } from '../../domain/release/view.ts';
import type { CommandContext } from '../../commands/command.ts';
import { heldRun } from './known-release.ts';

/** Errors after which the report of a release is built from its journal alone. */
const AWAY: readonly unknown[] = ['RELEASE_NOT_FOUND', 'RELEASE_HELD', 'TEMPORAL_UNREACHABLE', 'NO_ANSWER'];

/**
 * The report of the latest run of a release, or of the named run. It is built from the journal and, while Temporal has
 * the run, from the workflow. Errors: RELEASE_NOT_FOUND, and those of both sources when neither answers.
 */
export async function readReport(context: CommandContext, releaseId: string, run?: string): Promise<ReleaseReport> {
  const [seen, latest] = await Promise.all([
    attempted(() => context.gateway.get(releaseId, run)),
    run === undefined ? undefined : attempted(() => context.gateway.get(releaseId)),
  ]);
  const view = seen.value;
  const earlier = latest?.value !== undefined && latest.value.runId !== run;
  const known = run ?? view?.runId ?? (seen.error && heldRun(seen.error));
  const journaled = await attempted(() => recorded(context, releaseId, known));
  const entries = journaled.value ?? [];
  const report = buildReport(withTruth(entries, view, seen.error), [
    ...(earlier ? ['This is an earlier run of this target.'] : []),
    ...notesOf({ view, seen, journaled }),
  ]);
  if (report) return report;
  throw (
    journaled.error ??
    unlessNotFound(seen.error) ??
    new SluiceError(
      'RELEASE_NOT_FOUND',
      `There is no release ${releaseId}${run === undefined ? '' : ` with the run ${run}`}.`,
    )
  );
}

/** If the journal has no end of a run, its last snapshot may be outdated. */
function withTruth(
  entries: readonly RecordEntry[],
  live: ReleaseView | undefined,
  error: SluiceError | undefined,
): readonly RecordEntry[] {
  const facts = error && factsIn(error);
  const last = live ?? (facts && viewFromRecord(entries));
  if (!last) return entries;
  return withLive(entries, facts ? trueView(last, facts) : last);
}

function factsIn({ code, details }: SluiceError): RunFacts | undefined {
  if (code === 'RELEASE_HELD') return details['run'] as RunFacts;
  return code === 'RELEASE_NOT_FOUND' ? { status: 'forgotten', how: 'FORGOTTEN' } : undefined;
}

interface Attempt<T> {
  readonly value?: T;
  readonly error?: SluiceError;
}

async function attempted<T>(look: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await look() };
  } catch (error) {
    if (error instanceof SluiceError && [...AWAY, 'JOURNAL_UNAVAILABLE'].includes(error.code)) return { error };
    throw error;
  }
}

/** The entries of a run, by default of the newest one. A run of another release does not count. */
async function recorded(
  { journal }: CommandContext,
  releaseId: string,
  run: string | undefined,
): Promise<readonly RecordEntry[]> {
  const runId = run ?? (await journal.releases({ releaseId, limit: 1 }))[0]?.runId;
  const entries = runId === undefined ? [] : await journal.read(runId);
  return entries.filter((entry) => entry.releaseId === releaseId);
}

function notesOf({
  view,
  seen,
  journaled,
}: {
  view: ReleaseView | undefined;
  seen: Attempt<ReleaseView>;
  journaled: Attempt<readonly RecordEntry[]>;
}): readonly string[] {
  if (journaled.error)
    return [
      `The journal does not answer (${journaled.error.message}): the report has only what the release itself knows.`,
    ];
  if (view)
    return (journaled.value ?? []).length > 0
      ? []
      : ['The journal has nothing of this run: the report has only what the release itself knows.'];
  const why =
    seen.error && seen.error.code !== 'RELEASE_NOT_FOUND' ? seen.error.message : 'Temporal no longer has this run.';
  return [`${why} This is what the journal has.`];
}

function unlessNotFound(error: SluiceError | undefined): SluiceError | undefined {
  return error?.code === 'RELEASE_NOT_FOUND' ? undefined : error;
}
