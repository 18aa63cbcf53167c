/** One answer: its duration, and its size on the wire. */
export interface Sample {
  readonly ms: number;
  readonly bytes: number;
}

/** Nearest-rank percentile: the smallest value that `share` of all values do not exceed. NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

export function spread(values: readonly number[]): Spread {
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99) };
}

/** Ratio of ours to the best of the others. Below 1 we are faster. NaN without others. */
export function ratioToBetter(ours: number, others: readonly number[]): number {
  return others.length === 0 ? NaN : ours / Math.min(...others);
}

/** Formats two significant digits: 0.43, 1.2, 12, 123. */
export function short(value: number): string {
  if (Number.isNaN(value)) return '–';
  const digits = value >= 10 ? 0 : value >= 1 ? 1 : 2;
  return value.toFixed(digits);
}
