import type { ArmBlock } from '../block-test.ts';

/**
 * What the new version may be like: its share of bad answers as stable's rate q and an excess in margins δ. Spacing by
 * two costs at most a tenth of the evidence for a rate between two of them.
 */
const EXCESS = [0, 0.5, 1, 1.5, 3, 6, 12, 24, 48] as const;
/** Index of the margin itself: below it a version is not worse, above it it is. Nobody bets on it. */
export const MARGIN = EXCESS.indexOf(1) + 1;
/** Weights at the start of a step: half of stable's rate; then as EXCESS. */
const PRIOR = [0.1, 0.4, 0.1, 0.05, 0.07, 0.12, 0.09, 0.05, 0.01, 0.01] as const;

/** Probability of each state, by a hidden Markov model whose jumps get rarer the longer nothing has happened. */
export type Forecast = readonly number[];

export const FIRST_FORECAST: Forecast = PRIOR;

/** The share of bad answers that each state expects, 0 < share < 1. */
export function ratesOf(stable: number, delta: number): readonly number[] {
  const most = 1 - 1e-3;
  return [stable / 2, ...EXCESS.map((excess) => Math.min(most, stable + excess * delta))];
}

/** The forecast after a block of the new version, and a jump to anywhere with probability `jump`. */
export function learn(
  forecast: Forecast,
  rates: readonly number[],
  { requests, bad }: ArmBlock,
  phi: number,
  jump: number,
): Forecast {
  const logs = forecast.map((weight, state) => {
    const rate = rates[state] as number;
    return Math.log(weight) + (bad * Math.log(rate) + (requests - bad) * Math.log(1 - rate)) / phi;
  });
  const most = Math.max(...logs);
  const likely = logs.map((log) => Math.exp(log - most));
  const sum = likely.reduce((total, one) => total + one, 0);
  return mix(
    likely.map((one) => one / sum),
    jump,
  );
}

/** A jump to anywhere with this probability. */
export function mix(forecast: Forecast, jump: number): Forecast {
  return forecast.map((weight, state) => Math.max(1e-12, (1 - jump) * weight + jump * (PRIOR[state] as number)));
}
