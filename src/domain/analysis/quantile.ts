import type { ArmCounts } from './verdict.ts';

/** The bucket that holds a quantile. The true value lies in (lower, upper], in seconds. `upper` may be Infinity. */
export interface QuantileBounds {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Bounds of quantile `p` (0…1) from cumulative histogram counts. There is no interpolation, because a histogram has no
 * information within a bucket. Undefined without observations.
 */
export function quantileBounds(buckets: ArmCounts['buckets'], p: number): QuantileBounds | undefined {
  const total = buckets.at(-1)?.count ?? 0;
  if (total <= 0) return undefined;
  const index = buckets.findIndex((bucket) => bucket.count >= p * total);
  const upper = buckets[index]?.le ?? Infinity;
  return { lower: buckets[index - 1]?.le ?? 0, upper };
}
