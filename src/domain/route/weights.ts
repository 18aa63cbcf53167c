/** Percentages of the two Services of a route. */
export interface Split {
  readonly stable: number;
  readonly canary: number;
}

export interface WantedSplit {
  readonly stable?: number | undefined;
  readonly canary?: number | undefined;
  /** One step more for the canary than its current share. */
  readonly step?: boolean | undefined;
}

/** The reason why the input is not two whole percentages that sum to 100. Undefined when it is. */
export function wrongSplit({ stable, canary, step }: WantedSplit): string | undefined {
  const given = [stable, canary].filter((weight) => weight !== undefined);
  if (step === true && given.length > 0)
    return 'step: true chooses the weights itself; leave stable_weight and canary_weight out';
  if (step !== true && given.length === 0) return 'give canary_weight, or stable_weight, or step: true';
  if (given.some((weight) => !Number.isInteger(weight) || weight < 0 || weight > 100))
    return 'a weight is a whole number from 0 to 100';
  if (stable !== undefined && canary !== undefined && stable + canary !== 100)
    return `stable_weight and canary_weight are percentages of all requests: together 100, not ${stable + canary}. One of them is enough`;
  return undefined;
}

/**
 * `now`: the canary's current share in percent. `size`: the size of a step in percent. The caller has validated the
 * input.
 */
export function resolveSplit({ stable, canary }: WantedSplit, now: number, size: number): Split {
  const next = canary ?? (stable === undefined ? Math.min(100, Math.floor(now) + size) : 100 - stable);
  return { stable: 100 - next, canary: next };
}

/** A weight's share of all, in percent. It is 0 when all weights are 0. */
export function percentOf(weight: number, all: readonly number[]): number {
  const sum = all.reduce((total, one) => total + one, 0);
  return sum === 0 ? 0 : (100 * weight) / sum;
}
