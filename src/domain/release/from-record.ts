import { outcomeOf, type Recorded, type RecordEntry, type RecordKind } from './record.ts';
import type { ReleaseView } from './view.ts';

/** The kinds of entries that a view is built from. */
export const VIEW_KINDS = ['release', 'event', 'command'] as const satisfies readonly RecordKind[];

/** Builds the view of a release from the entries of its run. Undefined when there is no snapshot of the release. */
export function viewFromRecord(entries: readonly RecordEntry[]): ReleaseView | undefined {
  const of = <K extends RecordKind>(kind: K): readonly Recorded[K][] =>
    entries.filter((entry) => entry.kind === kind).map(({ data }) => data as Recorded[K]);
  const snapshots = of('release');
  // Entries with an earlier time may be written after the end.
  const last = snapshots.findLast(({ closedAt }) => closedAt !== undefined) ?? snapshots.at(-1);
  return last && { ...last, events: of('event'), commands: of('command').map(outcomeOf) };
}
