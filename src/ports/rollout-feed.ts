import type { Target } from '../domain/release/target.ts';
import type { RolloutState } from '../domain/rollout.ts';

/**
 * Rollouts as known at `resourceVersion`, by namespace and name. They have no selectors, because selectors belong to
 * the Services.
 */
export interface RolloutListing {
  readonly items: readonly RolloutState[];
  readonly resourceVersion: string;
  /** Milliseconds since the API server last confirmed this state. It is 0 when read just now. */
  readonly ageMs: number;
  readonly source: 'cache' | 'live';
}

/**
 * A list of Rollouts. In servers a watch keeps it up to date. In other processes every list is read live. The watch
 * begins at the first use and ends some minutes after the last. A list after a write of this process is never older
 * than that write.
 */
export interface RolloutFeed {
  /**
   * `fresh`: read from the API server now. Errors: NAMESPACE_NOT_FOUND for an empty list, and those of
   * RolloutObjectsPort.list.
   */
  list(place: {
    readonly cluster: string;
    readonly namespace?: string;
    readonly fresh?: boolean;
  }): Promise<RolloutListing>;
  /**
   * Calls `listener` for each Rollout that is added, changed or deleted from now on, also for changes while the
   * connection was lost. The returned function stops it. The watch lives as long as a listener does. Errors, when it
   * cannot begin: as `list`.
   */
  watch(cluster: string, listener: (target: Target) => void): Promise<() => void>;
  /** Ends all watches. */
  close(): Promise<void>;
}
