import type { AuditLink } from '../domain/release/audit-chain.ts';
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

/** Which releases to list. An absent field does not filter. */
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
  /** Writes all entries or none. Existing entries stay unchanged. */
  append(entries: readonly RecordEntry[]): Promise<void>;
  /** Ordered by `at`, then by the order of writing. Empty if the run is not known. */
  read(runId: string, filter?: { readonly kinds?: readonly RecordKind[] }): Promise<readonly RecordEntry[]>;
  /** Newest first. */
  releases(filter: JournalFilter): Promise<readonly JournalRelease[]>;
  /**
   * Replaces the checkpoint of a run: JSON from which the judge continues. A checkpoint that is older than the stored
   * one (`at`) changes nothing.
   */
  writeCheckpoint(runId: string, at: number, data: string): Promise<void>;
  readCheckpoint(runId: string): Promise<string | undefined>;
  /**
   * The links of the audit chain after number `after`, in their order, at most 1000. `append` adds to it what its
   * entries say. `prune` removes none of them.
   */
  audit(after: number): Promise<readonly AuditLink[]>;
  /** Removes runs that closed before `closedBefore` (epoch ms). Returns their number. */
  prune(closedBefore: number): Promise<number>;
  close(): Promise<void>;
}
