import { SluiceError } from '../../domain/errors.ts';
import type { CommandOutcome } from '../../domain/release/command.ts';
import { outcomeOf } from '../../domain/release/record.ts';
import type { CommandContext } from '../../commands/command.ts';

/** Maximum number of runs of a target in which a repeated request is looked for. */
const EARLIER_RUNS = 20;

/**
 * The outcome of the same request in a run of the target that has ended. The workflow knows only the requests of its
 * own run. A retry that arrives after the next release has started must not act on that release. If the journal does
 * not answer, the command is sent anyway.
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
        if (kind === 'command' && data.requestId === requestId) return outcomeOf(data);
    }
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'JOURNAL_UNAVAILABLE') throw error;
  }
  return undefined;
}
