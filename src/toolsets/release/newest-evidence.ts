import { isJudged, NO_DATA_KINDS, noDataSince } from '../../domain/release/no-data.ts';
import type { Recorded, RecordEntry } from '../../domain/release/record.ts';
import { isClosed } from '../../domain/release/state.ts';
import type { ReleaseView } from '../../domain/release/view.ts';
import type { CommandContext } from '../../commands/command.ts';
import { within } from '../../commands/within.ts';

/** Timeout of the read. A caller must not wait for a slow journal. */
const LIMIT_MS = 2000;

type Journal = Pick<CommandContext, 'journal'>;

/**
 * The release with what only its journal knows of its evidence: the newest verdict, and since when there are no data.
 * While an open outcome is held, the workflow has only the first verdict, also at its end. Never throws: without a
 * journal the result is the view unchanged.
 */
export async function withNewestEvidence(context: Journal, view: ReleaseView): Promise<ReleaseView> {
  const entries = await entriesOf(context, view.runId);
  const since = isJudged(view) ? noDataSince(entries) : undefined;
  const verdict = newestVerdict(view, entries);
  if (since === undefined && verdict === undefined) return view;
  return { ...view, ...(verdict && { verdict }), ...(since !== undefined && { noDataSince: since }) };
}

function newestVerdict(view: ReleaseView, entries: readonly RecordEntry[]): ReleaseView['verdict'] {
  const newest = entries.findLast((entry) => entry.kind === 'verdict' && isOf(view, entry.data));
  if (!view.verdict || newest?.kind !== 'verdict' || newest.data.to <= view.verdict.to) return undefined;
  const { step: _, weight: __, ...verdict } = newest.data;
  return verdict;
}

/**
 * Whether a verdict is about the present step of a release, or about any step of a release that has ended. The verdicts
 * of the guard are in the same record, as those of a step after the last one.
 */
function isOf(
  { state, stepIndex, plan, closedAt = Infinity }: ReleaseView,
  { step, to }: Recorded['verdict'],
): boolean {
  return isClosed(state) ? step < (plan?.steps.length ?? 0) && to <= closedAt : step === stepIndex;
}

/** Since when a run has had no data, epoch ms. Undefined if it has, or if the journal does not answer. */
export async function dataMissingSince(context: Journal, runId: string): Promise<number | undefined> {
  return noDataSince(await entriesOf(context, runId));
}

async function entriesOf({ journal }: Journal, runId: string): Promise<readonly RecordEntry[]> {
  return (await within(journal.read(runId, { kinds: NO_DATA_KINDS }), LIMIT_MS)) ?? [];
}
