import type { ReleaseView } from '../../domain/release/view.ts';
import { isClosed } from '../../domain/release/state.ts';
import type { CommandContext } from '../../commands/command.ts';

/** Timeout of the read. A caller must not wait for a slow journal. */
const LIMIT_MS = 2000;

/**
 * The release with the newest verdict of its journal. While an open outcome is held, the workflow has only the first
 * verdict. Later verdicts, and the evidence as it grows, are in the journal only. Never throws: without a journal the
 * result is the view unchanged.
 */
export async function withNewestVerdict(
  { journal }: Pick<CommandContext, 'journal'>,
  view: ReleaseView,
): Promise<ReleaseView> {
  if (!view.verdict || isClosed(view.state)) return view;
  const entries = await within(journal.read(view.runId, { kinds: ['verdict'] }));
  const newest = entries.findLast((entry) => entry.kind === 'verdict');
  if (newest?.kind !== 'verdict' || newest.data.to <= view.verdict.to || newest.data.step !== view.stepIndex)
    return view;
  const { step: _, weight: __, ...verdict } = newest.data;
  return { ...view, verdict };
}

async function within<T>(read: Promise<readonly T[]>): Promise<readonly T[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly T[]>((resolve) => (timer = setTimeout(() => resolve([]), LIMIT_MS)));
  return Promise.race([read.catch(() => []), late]).finally(() => clearTimeout(timer));
}
