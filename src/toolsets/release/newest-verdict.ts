import type { ReleaseView } from '../../domain/release/view.ts';
import { isClosed } from '../../domain/release/state.ts';
import type { CommandContext } from '../../commands/command.ts';

/** A reader must not wait for a journal that is slow. */
const LIMIT_MS = 2000;

/**
 * The release with the newest verdict of its journal. While an open outcome is held, the workflow knows the first
 * verdict only: those
 * after it are in the journal alone, and with them the evidence as it grows. Never throws: without a journal it is the
 * view as it was.
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
