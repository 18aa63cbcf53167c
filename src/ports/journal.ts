import type { RecordEntry, RecordKind } from '../domain/release/record.ts';
import type { ReleaseState } from '../domain/release/state.ts';

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

/** Which releases to list; what is absent is not looked at. */
export interface JournalFilter {
  readonly releaseId?: string;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly rollout?: string;
  readonly state?: ReleaseState;
  readonly limit: number;
}

/** The record of releases outside Temporal's history. Errors: JOURNAL_UNAVAILABLE (retryable). */
export interface JournalPort {
  /** All of them or none. Entries that are there already are left as they are. */
  append(entries: readonly RecordEntry[]): Promise<void>;
  /** In the order of `at`, then of writing. Empty: the run is not known. */
  read(runId: string, filter?: { readonly kinds?: readonly RecordKind[] }): Promise<readonly RecordEntry[]>;
  /** Newest first. */
  releases(filter: JournalFilter): Promise<readonly JournalRelease[]>;
  /** Replaces the checkpoint of a run: JSON from which its evidence goes on. An older one (`at`) changes nothing. */
  writeCheckpoint(runId: string, at: number, data: string): Promise<void>;
  readCheckpoint(runId: string): Promise<string | undefined>;
  /** Removes runs that closed before (epoch ms); answers how many. */
  prune(closedBefore: number): Promise<number>;
  close(): Promise<void>;
}
