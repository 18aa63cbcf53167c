/** How certain the effect of a write is. */
export const EFFECTIVE = ['proved', 'pending', 'refused'] as const;

/**
 * The effect of a write, from what was read back and never from what was sent.
 *
 * * `proved`: every place that holds the value shows it.
 * * `pending`: the write was accepted, but is not visible everywhere within the time limit. `reason` says where it is
 *   missing.
 * * `refused`: the state of the object does not allow the write. Nothing was written.
 */
export interface Effect<Snapshot> {
  readonly changed: boolean;
  readonly effective: (typeof EFFECTIVE)[number];
  readonly reason: string;
  /** Absent when the object did not exist before. */
  readonly before?: Snapshot;
  /** Absent when the object does not exist afterwards. */
  readonly after?: Snapshot;
}
