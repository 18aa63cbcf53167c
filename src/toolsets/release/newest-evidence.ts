import { isJudged, NO_DATA_KINDS, noDataSince } from '../../domain/release/no-data.ts';
import type { RecordEntry } from '../../domain/release/record.ts';
import { isClosed } from '../../domain/release/state.ts';
import type { ReleaseView } from '../../domain/release/view.ts';
import type { CommandContext } from '../../commands/command.ts';
import { within } from '../../commands/within.ts';

/** Timeout of the read. A caller must not wait for a slow journal. */
const LIMIT_MS = 2000;

type Journal = Pick<CommandContext, 'journal'>;

/**
 * The release with what only its journal knows of its evidence: the newest verdict, and since when there are no data.
 * While an open outcome is held, the workflow has only the first verdict. Never throws: without a journal the result is
 * the view unchanged.
 */
export async function withNewestEvidence(context: Journal, view: ReleaseView): Promise<ReleaseView> {
  if (isClosed(view.state)) return view;
  const entries = await entriesOf(context, view.runId);
  const since = isJudged(view) ? noDataSince(entries) : undefined;
  const verdict = newestVerdict(view, entries);
  if (since === undefined && verdict === undefined) return view;
  return { ...view, ...(verdict && { verdict }), ...(since !== undefined && { noDataSince: since }) };
}

function newestVerdict(view: ReleaseView, entries: readonly RecordEntry[]): ReleaseView['verdict'] {
  const newest = entries.findLast((entry) => entry.kind === 'verdict');
  if (!view.verdict || newest?.kind !== 'verdict') return undefined;
  if (newest.data.to <= view.verdict.to || newest.data.step !== view.stepIndex) return undefined;
  const { step: _, weight: __, ...verdict } = newest.data;
  return verdict;
}

/** Since when a run has had no data, epoch ms. Undefined if it has, or if the journal does not answer. */
export async function dataMissingSince(context: Journal, runId: string): Promise<number | undefined> {
  return noDataSince(await entriesOf(context, runId));
}

async function entriesOf({ journal }: Journal, runId: string): Promise<readonly RecordEntry[]> {
  return (await within(journal.read(runId, { kinds: NO_DATA_KINDS }), LIMIT_MS)) ?? [];
}
