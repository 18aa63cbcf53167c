/** Milliseconds of one measurement for both contenders, pair by pair. */
export interface Pairs {
  readonly sluice: readonly number[];
  readonly plugin: readonly number[];
}

export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number) => sorted[index] ?? NaN;
  return sorted.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2;
}

export function summary(values: readonly number[]): Summary {
  return {
    median: Math.round(median(values)),
    least: Math.round(Math.min(...values)),
    most: Math.round(Math.max(...values)),
  };
}

/** Ratio of our median to theirs. Below 1 we are faster. */
export function ratio({ sluice, plugin }: Pairs): number {
  return Math.round((median(sluice) / median(plugin)) * 100) / 100;
}
