import { SluiceError } from '../../domain/errors.ts';
import { trueView, type RunFacts } from '../../domain/release/run-facts.ts';
import { VIEW_KINDS, viewFromRecord } from '../../domain/release/from-record.ts';
import type { ReleaseView } from '../../domain/release/view.ts';
import type { JournalPort } from '../../ports/journal.ts';
import type { CommandContext } from '../../commands/command.ts';

export interface KnownRelease {
  readonly view: ReleaseView;
  /** Present when Temporal cannot answer for the run, so that the release is from the journal. */
  readonly source?: 'journal';
  /** Temporal still has the run, and it is paused there. */
  readonly held?: true;
  /** Temporal still has the run. It has ended, and no worker can tell it. */
  readonly untold?: true;
}

/**
 * The latest run of a release, or the named one. A run that Temporal has deleted, or holds paused, comes from the
 * journal, and so does one that has ended and that no worker can tell. Errors: those of ReleaseGateway.get.
 */
export async function knownRelease(
  { gateway, journal }: Pick<CommandContext, 'gateway' | 'journal'>,
  id: string,
  run?: string,
): Promise<KnownRelease> {
  try {
    return { view: await gateway.get(id, run) };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    const facts = error.details['run'] as RunFacts | undefined;
    const over = error.code === 'NO_ANSWER' && facts?.status === 'ended';
    if (error.code !== 'RELEASE_NOT_FOUND' && error.code !== 'RELEASE_HELD' && !over) throw error;
    const view = await recorded(journal, id, run ?? runOf(error), error);
    if (!view || (over && isUnfinished(view, facts))) throw error;
    return {
      view: trueView(view, facts ?? { status: 'forgotten', how: 'FORGOTTEN' }),
      source: 'journal',
      ...(facts && (over ? { untold: true as const } : { held: true as const })),
    };
  }
}

/** The run ended by its own code, and the journal does not have that end yet. */
function isUnfinished({ closedAt }: ReleaseView, { how = '' }: RunFacts): boolean {
  return closedAt === undefined && ['COMPLETED', 'CANCELLED'].includes(how);
}

/** The run that is held. The journal may have nothing of it yet, and an earlier run does not speak for it. */
export function heldRun(error: SluiceError): string | undefined {
  return error.code === 'RELEASE_HELD' ? runOf(error) : undefined;
}

/** The run that the error is about, where it says so. */
function runOf({ details }: SluiceError): string | undefined {
  return typeof details['run_id'] === 'string' ? details['run_id'] : undefined;
}

async function recorded(
  journal: JournalPort,
  id: string,
  run: string | undefined,
  missing: SluiceError,
): Promise<ReleaseView | undefined> {
  try {
    const runId = run ?? (await journal.releases({ releaseId: id, limit: 1 }))[0]?.runId;
    const view = runId && viewFromRecord(await journal.read(runId, { kinds: VIEW_KINDS }));
    // A run of another release does not count.
    return view && view.id === id ? view : undefined;
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    throw new SluiceError(
      missing.code,
      `${missing.message} Temporal cannot answer for it, and the journal could not be asked: ${error.message}`,
      { next: error.next, cause: error },
    );
  }
}
