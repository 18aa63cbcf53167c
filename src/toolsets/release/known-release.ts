import { SluiceError } from '../../domain/errors.ts';
import { VIEW_KINDS, viewFromRecord } from '../../domain/release/from-record.ts';
import type { ReleaseView } from '../../domain/release/view.ts';
import type { JournalPort } from '../../ports/journal.ts';
import type { CommandContext } from '../../commands/command.ts';

export interface KnownRelease {
  readonly view: ReleaseView;
  /** Temporal has forgotten the run; what is told is what the journal kept. Absent: it comes from Temporal. */
  readonly source?: 'journal';
}

/** The latest run of a release, or the named one, wherever it is still known. Errors: those of ReleaseGateway.get. */
export async function knownRelease(
  { gateway, journal }: Pick<CommandContext, 'gateway' | 'journal'>,
  id: string,
  run?: string,
): Promise<KnownRelease> {
  try {
    return { view: await gateway.get(id, run) };
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'RELEASE_NOT_FOUND') throw error;
    const view = await kept(journal, id, run, error);
    if (!view) throw error;
    return { view, source: 'journal' };
  }
}

async function kept(
  journal: JournalPort,
  id: string,
  run: string | undefined,
  missing: SluiceError,
): Promise<ReleaseView | undefined> {
  try {
    const runId = run ?? (await journal.releases({ releaseId: id, limit: 1 }))[0]?.runId;
    const view = runId && viewFromRecord(await journal.read(runId, { kinds: VIEW_KINDS }));
    // A run of another release is no run of this one.
    return view && view.id === id ? view : undefined;
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    throw new SluiceError(
      missing.code,
      `${missing.message} Temporal does not know it, and the journal could not be asked: ${error.message}`,
      { next: error.next, cause: error },
    );
  }
}
