import { SluiceError } from '../../domain/errors.ts';
import type { JournalRelease } from '../../ports/journal.ts';
import type { ReleaseFilter, ReleaseSummary } from '../../temporal/gateway.ts';
import { allowedReleases } from '../../commands/allowed-releases.ts';
import type { CommandContext } from '../../commands/command.ts';

export interface Listed {
  /** Newest first. `source` is set if only the journal has the run. */
  readonly releases: readonly (ReleaseSummary & { readonly source?: 'journal' })[];
  /** There are more after these. */
  readonly more: boolean;
  /** Why the releases of the journal are missing. */
  readonly problem?: string;
}

/**
 * Temporal's list and the journal's further runs, of allowed namespaces only. A release belongs to a cluster even if it
 * was started under another name of that cluster. The first `skip` are left out. A release that starts between two
 * pages is on neither, and one from the first page may appear again. Errors: those of ReleaseGateway.list.
 */
export async function listedReleases(
  { clusters, gateway, journal, settings }: Pick<CommandContext, 'clusters' | 'gateway' | 'journal' | 'settings'>,
  filter: ReleaseFilter,
  skip = 0,
): Promise<Listed> {
  const asked = { ...filter, limit: skip + filter.limit + 1 };
  const page = (all: Listed['releases']) => ({
    releases: all.slice(skip, skip + filter.limit),
    more: all.length > skip + filter.limit,
  });
  const names = asked.cluster === undefined ? [undefined] : await clusters.same(asked.cluster);
  const [fresh, journaled] = await Promise.all([
    underNames(names, asked, (one) => allowedReleases(settings, one, (each) => gateway.list(each))),
    fromJournal({ journal, settings }, names, asked),
  ]);
  if (journaled instanceof SluiceError) return { ...page(fresh), problem: journaled.message };
  const known = new Set(fresh.map(({ runId }) => runId));
  // Temporal's list is in order already; a filter by state may meet a run that changed after its last journal write.
  const only = journaled.filter(
    ({ runId, closedAt }) => !known.has(runId) && (closedAt !== undefined || filter.state === undefined),
  );
  const all = [
    ...fresh,
    ...only.map(({ releaseId, ...run }) => ({ id: releaseId, ...run, source: 'journal' as const })),
  ];
  return page(all.sort((a, b) => b.startedAt - a.startedAt));
}

/** A release that only the journal has, has ended. */
async function fromJournal(
  { journal, settings }: Pick<CommandContext, 'journal' | 'settings'>,
  names: readonly (string | undefined)[],
  filter: ReleaseFilter,
): Promise<readonly JournalRelease[] | SluiceError> {
  if (filter.open) return [];
  return underNames(names, filter, (one) => allowedReleases(settings, one, (each) => journal.releases(each))).catch(
    problemOf,
  );
}

/** Merges the lists of all names of the cluster, newest first. An undefined name means any cluster. */
async function underNames<T extends { readonly startedAt: number }>(
  names: readonly (string | undefined)[],
  filter: ReleaseFilter,
  read: (filter: ReleaseFilter) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const lists = await Promise.all(
    names.map((cluster) => read(cluster === undefined ? filter : { ...filter, cluster })),
  );
  const all = lists.flat().toSorted((a, b) => b.startedAt - a.startedAt);
  return all.slice(0, filter.limit);
}

function problemOf(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  throw error;
}
