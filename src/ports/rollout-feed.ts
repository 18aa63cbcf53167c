import type { Target } from '../domain/release/target.ts';
import type { RolloutView } from './rollouts.ts';

/** Rollouts as known at `resourceVersion`. */
export interface RolloutListing {
  readonly items: readonly RolloutView[];
  readonly resourceVersion: string;
  /** Milliseconds since the API server last said that this is the present state; 0 when read just now. */
  readonly ageMs: number;
  readonly source: 'cache' | 'live';
}

/** A list of Rollouts that is kept up to date by a watch. A list after a write of this process is never older than that write. */
export interface RolloutFeed {
  /** `fresh`: read from the API server now. Errors: as RolloutObjectsPort.list. */
  list(place: { readonly cluster: string; readonly namespace?: string; readonly fresh?: boolean }): Promise<RolloutListing>;
  /** Calls `listener` for each Rollout that changes from now on; the answer stops it. */
  watch(cluster: string, listener: (target: Target) => void): Promise<() => void>;
}
