import { logEValue, logRatio, type ArmBlock, type Block } from '../block-test.ts';
import type { TimedArm } from '../clumping.ts';
import { clumpsOf, dispersionNow, watchClumps, weakened, type Clumps } from './clumps.ts';
import { betsOn, FIRST_FORECAST, jump, learn, MARGIN, ratesOf, type Forecast } from './forecast.ts';
import { controlOf, rememberStable, type Control, type StablePast } from './past.ts';
import { expectedRate, learnRate, rateWithin, UNKNOWN_RATE, type StableRate } from './stable-rate.ts';
import { bet, logE, logSum, newWealth, stake, type Wealth } from './wealth.ts';

/** The evidence on one question. It is plain JSON of fixed size. */
export interface QuestionState {
  readonly rate: StableRate;
  readonly past: StablePast;
  readonly clumps: Clumps;
  readonly forecast: Forecast;
  /** For "worse by more than the margin", over the whole release. */
  readonly worse: Wealth;
  /** For "not worse by the margin", in the current step alone. */
  readonly notWorse: Wealth;
  /** The maximum that each has reached. A bound that was reached counts as reached from then on. Logarithms. */
  readonly mostWorse: number;
  readonly mostNotWorse: number;
  /** Counts of the current step. */
  readonly candidate: ArmBlock;
  readonly stable: ArmBlock;
}

/** The time of a block. */
export interface Moment {
  /** Time since the previous block, and since the step began. */
  readonly ms: number;
  readonly ageMs: number;
  /** Epoch ms. */
  readonly at: number;
  readonly comparedWith: 'stable' | 'past';
}

/**
 * Parts of the wealth that bet from the start. The rest is a reserve for a version that becomes bad, or good, later.
 */
const START_WORSE = 0.85;
const START_NOT_WORSE = 0.97;
/** The part of the reserve of "worse" that begins to bet with each new weight, and how far the forecast is reset. */
const STEP_STAKE = 0.3;
const STEP_JUMP = 0.5;
/** A version changes with probability JUMP·dt/(age + CALM_MS), which falls with the time since its last change. */
const JUMP = 0.15;
const STAKE = 0.2;
const CALM_MS = 120_000;
const MAX_AT_ONCE = 0.5;
const BOOST = { worse: 4, 'not-worse': 16 } as const;

const EMPTY: ArmBlock = { requests: 0, bad: 0 };

/** `past`: blocks of stable before the release, in the order in which they ended. */
export function askQuestion(past: readonly TimedArm[]): QuestionState {
  const clumps = clumpsOf(past);
  const { phi } = dispersionNow(clumps);
  const fresh: QuestionState = {
    rate: UNKNOWN_RATE,
    past: [],
    clumps,
    forecast: FIRST_FORECAST,
    worse: newWealth(START_WORSE),
    notWorse: newWealth(START_NOT_WORSE),
    mostWorse: 0,
    mostNotWorse: 0,
    candidate: EMPTY,
    stable: EMPTY,
  };
  let before = past[0]?.from ?? 0;
  return past.reduce((state, block) => {
    const ms = Math.max(0, block.to - before);
    before = block.to;
    return learnStable(state, block, { ms, at: block.to }, phi);
  }, fresh);
}

/** Begins a new weight. Its proof starts without evidence. */
export function newStep(state: QuestionState): QuestionState {
  return {
    ...state,
    forecast: jump(state.forecast, STEP_JUMP),
    worse: stake(state.worse, STEP_STAKE),
    notWorse: newWealth(START_NOT_WORSE),
    mostNotWorse: 0,
    candidate: EMPTY,
    stable: EMPTY,
  };
}

/** Adds stable's answers from outside of the judged time. */
export function learnStable(
  state: QuestionState,
  stable: ArmBlock,
  { ms, at }: Pick<Moment, 'ms' | 'at'>,
  phi = dispersionNow(state.clumps).phi,
): QuestionState {
  return {
    ...state,
    rate: learnRate(state.rate, stable, ms, phi),
    past: rememberStable(state.past, stable, at),
  };
}

/** Adds one block. `delta`: the margin. `inStep`: whether the block counts for the current step. */
export function answer(
  state: QuestionState,
  block: Block,
  delta: number,
  moment: Moment,
  inStep: boolean,
): QuestionState {
  const clumps = watchClumps(state.clumps, block);
  // The dispersion is computed from earlier blocks. Of this block the bets may use the size only.
  const now = dispersionNow(state.clumps);
  const control = moment.comparedWith === 'past' ? controlOf(state.past, now.phi) : undefined;
  const learnt = moment.comparedWith === 'past' ? state : learnStable(state, block.stable, moment, now.phi);
  const counted = inStep
    ? { candidate: add(state.candidate, block.candidate), stable: add(state.stable, block.stable) }
    : {};
  if (moment.comparedWith === 'past' && !control) return { ...learnt, ...counted, clumps };
  const stable = control?.rate ?? expectedRate(state.rate);
  const rates = ratesOf(stable, delta);
  const logs = rates.map((candidate, place) =>
    weakened(logOf(block, { candidate, stable }, delta, place, control), now),
  );
  const staked = Math.min(MAX_AT_ONCE, (STAKE * moment.ms) / (moment.ageMs + CALM_MS));
  const play = (wealth: Wealth, side: 'worse' | 'not-worse') =>
    bet(stake(wealth, staked), portfolio(betsOn(side, state.forecast, BOOST[side]), logs));
  const worse = play(state.worse, 'worse');
  const notWorse = inStep ? play(state.notWorse, 'not-worse') : state.notWorse;
  const seen = control ? rates : ratesOf(rateWithin(stable, block.stable), delta);
  const changed = Math.min(MAX_AT_ONCE, (JUMP * moment.ms) / (moment.ageMs + CALM_MS));
  return {
    ...learnt,
    ...counted,
    clumps,
    forecast: jump(learn(state.forecast, seen, block.candidate, now.phi), changed),
    worse,
    notWorse,
    mostWorse: Math.max(state.mostWorse, logE(worse)),
    mostNotWorse: Math.max(state.mostNotWorse, logE(notWorse)),
  };
}

/**
 * Logarithm of the e-value of a bet on one state. Compared with the past, it uses the nearest rate that the null
 * hypothesis allows.
 */
function logOf(
  block: Block,
  rates: { candidate: number; stable: number },
  delta: number,
  state: number,
  control: Control | undefined,
): number {
  if (state === MARGIN) return 0;
  if (!control) return logEValue(block, rates, delta);
  const nul = (state > MARGIN ? control.high : control.low) + delta;
  const bets = nul > 0 && nul < 1 && (state > MARGIN ? rates.candidate > nul : rates.candidate < nul);
  return bets ? logRatio(block.candidate, rates.candidate, nul) : 0;
}

/** Logarithm of the e-value of bets on several states together. The part that is not bet stays unchanged. */
function portfolio(bets: readonly number[], logs: readonly number[]): number {
  const unbet = 1 - bets.reduce((sum, one) => sum + one, 0);
  return bets.reduce(
    (sum, one, state) => (one > 0 ? logSum(sum, Math.log(one) + (logs[state] as number)) : sum),
    unbet > 0 ? Math.log(unbet) : Number.NEGATIVE_INFINITY,
  );
}

function add(a: ArmBlock, b: ArmBlock): ArmBlock {
  return { requests: a.requests + b.requests, bad: a.bad + b.bad };
}
