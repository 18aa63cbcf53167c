import type { Recorded, RecordEntry, RecordKind } from './record.ts';
import type { ReleaseView } from './view.ts';

/** The kinds of entries that a view is made of. */
export const VIEW_KINDS = ['release', 'event', 'command'] as const satisfies readonly RecordKind[];

/** A release as the entries of its run tell it; undefined when none says how it stood. */
export function viewFromRecord(entries: readonly RecordEntry[]): ReleaseView | undefined {
  const of = <K extends RecordKind>(kind: K): readonly Recorded[K][] =>
    entries.filter((entry) => entry.kind === kind).map(({ data }) => data as Recorded[K]);
  const snapshots = of('release');
  // Entries of a moment that was told late come after the end.
  const last = snapshots.findLast(({ closedAt }) => closedAt !== undefined) ?? snapshots.at(-1);
  return last && { ...last, events: of('event'), commands: of('command') };
}
