import type { LastRun, QueueChange, QueueEntry, QueueView } from '../domain/release/queue.ts';
import type { QueueMessage } from '../../workflows/messages.ts';

/** From the visibility store, so up to a second late. */
export interface QueueSummary {
  readonly releaseId: string;
  readonly held: boolean;
}

/** The queues of releases that wait, one a target. Errors: TEMPORAL_UNREACHABLE, NO_ANSWER. */
export interface Queues {
  /** Whether releases wait for the target of this release. It needs no worker. */
  isOpen(releaseId: string): Promise<boolean>;
  /**
   * Adds an entry; the same request acts once. Returns the queue. Undefined: no worker has answered yet, and the entry
   * is stored until one does. Further errors: QUEUE_FULL.
   */
  add(entry: QueueEntry): Promise<QueueView | undefined>;
  /**
   * The queue, from Temporal's record. Nothing waits in one that has ended. Undefined: Temporal knows none. NO_ANSWER:
   * no worker has placed its first entry yet.
   */
  get(releaseId: string): Promise<QueueView | undefined>;
  /** Further errors: QUEUE_ENTRY_NOT_FOUND, QUEUE_ENTRY_STARTING. Undefined: nothing waits. */
  change(releaseId: string, change: QueueChange, message: QueueMessage): Promise<QueueView | undefined>;
  /** The queues in which releases wait. */
  list(): Promise<readonly QueueSummary[]>;
  /** The latest run of a release. Undefined: Temporal knows none. It needs no worker. */
  lastRun(releaseId: string): Promise<LastRun | undefined>;
}
