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

/** The latest run of a release, wherever it is still known. Errors: those of ReleaseGateway.get. */
export async function knownRelease(
  { gateway, journal }: Pick<CommandContext, 'gateway' | 'journal'>,
  id: string,
): Promise<KnownRelease> {
  try {
    return { view: await gateway.get(id) };
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'RELEASE_NOT_FOUND') throw error;
    const view = await kept(journal, id, error);
    if (!view) throw error;
    return { view, source: 'journal' };
  }
}

async function kept(journal: JournalPort, id: string, missing: SluiceError): Promise<ReleaseView | undefined> {
  try {
    const [latest] = await journal.releases({ releaseId: id, limit: 1 });
    return latest && viewFromRecord(await journal.read(latest.runId, { kinds: VIEW_KINDS }));
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    throw new SluiceError(
      missing.code,
      `${missing.message} Temporal does not know it, and the journal could not be asked: ${error.message}`,
      { next: error.next, cause: error },
    );
  }
}
