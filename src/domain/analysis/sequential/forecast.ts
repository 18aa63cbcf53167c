import type { ArmBlock } from '../block-test.ts';

/**
 * Possible shares of bad answers of the new version: parts of stable's rate q, or q and an excess in margins δ. Spacing
 * by two costs at most a tenth of the evidence for a rate between two of them.
 */
const PARTS = [1 / 8, 1 / 2];
const EXCESS = [0, 0.5, 1, 1.5, 2, 4, 8, 16, 32, 64];

/**
 * Index of the state on the margin. States before it are not worse, states after it are. No bet is placed on the state
 * itself.
 */
export const MARGIN = PARTS.length + EXCESS.indexOf(1);

/**
 * Probabilities at the start of a step: parts, then excesses. They were chosen by simulation. Any choice preserves α.
 */
const PRIOR = [0.052, 0.13, 0.325, 0.11, 0.033, 0.035, 0.0955, 0.1475, 0.0475, 0.014, 0.00525, 0.00525];

/** Maximum share of bad answers. At 1 the logarithms are infinite. */
const MAX_RATE = 1 - 1e-3;
/** Minimum probability of a state, because a version may change. */
const MIN_PROBABILITY = 1e-12;

/** Probability of each state, by a hidden Markov model. It only chooses the bets. α holds for any forecast. */
export type Forecast = readonly number[];

export const FIRST_FORECAST: Forecast = PRIOR;

/** The share of bad answers that each state expects. */
export function ratesOf(stable: number, delta: number): readonly number[] {
  return [
    ...PARTS.map((part) => stable * part),
    ...EXCESS.map((excess) => Math.min(MAX_RATE, stable + excess * delta)),
  ];
}

/**
 * The forecast after a block of the new version. `phi`: dispersion. `rates`: the rate that each state expected of it.
 */
export function learn(
  forecast: Forecast,
  rates: readonly number[],
  { requests, bad }: ArmBlock,
  phi: number,
): Forecast {
  const logs = forecast.map((weight, state) => {
    const rate = rates[state] as number;
    return Math.log(weight) + (bad * Math.log(rate) + (requests - bad) * Math.log(1 - rate)) / phi;
  });
  const most = Math.max(...logs);
  const likely = logs.map((log) => Math.exp(log - most));
  const sum = likely.reduce((total, one) => total + one, 0);
  return likely.map((one) => one / sum);
}

/** The forecast for a version that may have changed, with this probability, into any other state. */
export function jump(forecast: Forecast, probability: number): Forecast {
  return forecast.map((weight, state) =>
    Math.max(MIN_PROBABILITY, (1 - probability) * weight + probability * (PRIOR[state] as number)),
  );
}

/**
 * The part of the wealth to bet on each state of one side, by the forecast. `boost`: how many times the odds of that
 * side are raised. A bet that is too small costs more time than a bet that is too large costs wealth.
 */
export function betsOn(side: 'worse' | 'not-worse', forecast: Forecast, boost: number): readonly number[] {
  const isOn = (state: number) => (side === 'worse' ? state > MARGIN : state < MARGIN);
  const likely = forecast.reduce((sum, weight, state) => (isOn(state) ? sum + weight : sum), 0);
  const scale = boost / (1 - likely + boost * likely);
  return forecast.map((weight, state) => (isOn(state) ? weight * scale : 0));
}
