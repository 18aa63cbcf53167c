import { SluiceError } from '../../domain/errors.ts';
import type { CommandOutcome } from '../../domain/release/command.ts';
import type { CommandContext } from '../../commands/command.ts';

/** A repeated request is looked for in so many runs of its target. */
const EARLIER_RUNS = 20;

/**
 * What came of the same request in a run of the target that has ended. The workflow knows only the requests of its own
 * run; a retry that arrives after the next release has started must not act on that one. A journal that does not answer
 * keeps no command from being sent.
 */
export async function outcomeInEarlierRun(
  { journal }: Pick<CommandContext, 'journal'>,
  releaseId: string,
  requestId: string,
): Promise<CommandOutcome | undefined> {
  try {
    for (const { runId, closedAt } of await journal.releases({ releaseId, limit: EARLIER_RUNS })) {
      if (closedAt === undefined) continue;
      for (const { kind, data } of await journal.read(runId, { kinds: ['command'] }))
        if (kind === 'command' && data.requestId === requestId) return data;
    }
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'JOURNAL_UNAVAILABLE') throw error;
  }
  return undefined;
}
