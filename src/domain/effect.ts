/** How sure it is that a write has taken effect. */
export const EFFECTIVE = ['proved', 'pending', 'refused'] as const;

/**
 * What a write did, told from what was read back and never from what was sent. `proved`: every place that knows shows
 * it.
 * `pending`: accepted, but not seen everywhere within the time given; `reason` says where it is missing. `refused`: the
 * object
 * is not in a state in which the write means what the caller wants; nothing was written.
 */
export interface Effect<Snapshot> {
  readonly changed: boolean;
  readonly effective: (typeof EFFECTIVE)[number];
  readonly reason: string;
  /** Absent when there was nothing before. */
  readonly before?: Snapshot;
  /** Absent when there is nothing after. */
  readonly after?: Snapshot;
}
