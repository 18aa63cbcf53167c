import type { ReleaseState } from '../domain/release/state.ts';

/** What the journal keeps, by kind; `data` is the kind's own form, plain JSON. */
export const ENTRY_KINDS = ['release', 'event', 'proof', 'query', 'block', 'verdict', 'command'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** One fact about a release. The same run and key again is the same fact: it is kept once, however often a retried activity writes it. */
export interface JournalEntry {
  readonly releaseId: string;
  readonly runId: string;
  /** Unique in the run, and the same for every repetition: never a clock's or a random value. */
  readonly key: string;
  readonly kind: EntryKind;
  /** Epoch milliseconds. Many entries may share one. */
  readonly at: number;
  readonly data: unknown;
}

/** One line of the list of releases: the last `release` entry of each run. */
export interface JournalRelease {
  readonly releaseId: string;
  readonly runId: string;
  readonly state: ReleaseState;
  readonly strategy: string;
  readonly version: string;
  readonly startedBy: string;
  readonly startedAt: number;
  readonly closedAt?: number;
}

/** The record of releases outside Temporal's history. Errors: JOURNAL_UNAVAILABLE (retryable). */
export interface JournalPort {
  append(entries: readonly JournalEntry[]): Promise<void>;
  /** In the order of `at`, then of writing. */
  read(runId: string, filter?: { readonly kinds?: readonly EntryKind[]; readonly limit?: number }): Promise<readonly JournalEntry[]>;
  /** Newest first. */
  releases(filter: { readonly releaseId?: string; readonly limit: number }): Promise<readonly JournalRelease[]>;
  /** Removes runs that closed before (epoch ms); answers how many. */
  prune(closedBefore: number): Promise<number>;
  close(): Promise<void>;
}
