import { logEValue, logRatio, type ArmBlock, type Block } from '../block-test.ts';
import { FIRST_FORECAST, learn, MARGIN, mix, ratesOf, type Forecast } from './forecast.ts';
import { expectedRate, learnRate, rateWithin, UNKNOWN_RATE, type StableRate } from './stable-rate.ts';
import { bet, logE, logSum, newWealth, stake, type Wealth } from './wealth.ts';

export interface QuestionState {
  readonly rate: StableRate;
  readonly forecast: Forecast;
  /** Over the whole release. */
  readonly worse: Wealth;
  /** Of the present step alone. */
  readonly notWorse: Wealth;
  readonly mostWorse: number;
  readonly mostNotWorse: number;
}

export const T = {
  startWorse: 0.7, startNot: 0.97, jumpA: 0.15, jumpT0: 120_000, boost: 3, stakeA: 0.2, boostN: 16,
};

export function newQuestion(): QuestionState {
  return { rate: UNKNOWN_RATE, forecast: FIRST_FORECAST, worse: newWealth(T.startWorse), notWorse: newWealth(T.startNot), mostWorse: 0, mostNotWorse: 0 };
}

export function newStep(q: QuestionState): QuestionState {
  return { ...q, forecast: mix(q.forecast, 0.5), worse: stake(q.worse, 0.3), notWorse: newWealth(T.startNot), mostNotWorse: 0 };
}

export function learnPast(q: QuestionState, stable: ArmBlock, ms: number, phi: number): QuestionState {
  return { ...q, rate: learnRate(q.rate, stable, ms, phi) };
}

export function addBlock(q: QuestionState, block: Block, delta: number, { ms, age, phi, control, cap }: { ms: number; age: number; phi: number; control?: { low: number; high: number; rate: number } ; cap?: number}): QuestionState {
  const stable = control ? control.rate : expectedRate(q.rate);
  const rates = ratesOf(stable, delta);
  const logs = rates.map((candidate, state) => {
    if (state === MARGIN) return 0;
    if (!control) return logEValue(block, { candidate, stable }, delta);
    const nul = state > MARGIN ? control.high + delta : control.low + delta;
    if (state > MARGIN ? candidate <= nul : candidate >= nul) return 0;
    return logRatio(block.candidate, candidate, nul);
  }).map((log) => safe(log / phi, cap));
  const jump = (T.jumpA * ms) / (age + T.jumpT0);
  const worseP = q.forecast.slice(MARGIN + 1).reduce((a, b) => a + b, 0);
  const wf = (T.boost * worseP) / (1 - worseP + T.boost * worseP);
  const worseW = q.forecast.map((w, s) => (s > MARGIN ? (w * wf) / worseP : 0));
  const goodP = q.forecast.slice(0, MARGIN).reduce((a, b) => a + b, 0);
  const gf = (T.boostN * goodP) / (1 - goodP + T.boostN * goodP);
  const notW = q.forecast.map((w, s) => (s < MARGIN ? (w * gf) / goodP : 0));
  const stakePart = Math.min(0.5, (T.stakeA * ms) / (age + T.jumpT0));
  const worse = bet(stake(q.worse, stakePart), portfolio(worseW, logs));
  const notWorse = bet(stake(q.notWorse, stakePart), portfolio(notW, logs));
  return {
    rate: control ? q.rate : learnRate(q.rate, block.stable, ms, phi),
    forecast: learn(q.forecast, control ? rates : ratesOf(rateWithin(stable, block.stable), delta), block.candidate, phi, Math.min(0.5, jump)),
    worse, notWorse,
    mostWorse: Math.max(q.mostWorse, logE(worse)),
    mostNotWorse: Math.max(q.mostNotWorse, logE(notWorse)),
  };
}

function safe(log: number, cap?: number): number {
  return cap === undefined || log <= cap ? log : Math.max(cap, log / 10);
}

function portfolio(weights: readonly number[], logs: readonly number[]): number {
  const kept = 1 - weights.reduce((a, b) => a + b, 0);
  let sum = kept > 0 ? Math.log(kept) : Number.NEGATIVE_INFINITY;
  weights.forEach((w, s) => { if (w > 0) sum = logSum(sum, Math.log(w) + (logs[s] as number)); });
  return sum;
}
