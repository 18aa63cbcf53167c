import type { SequentialSettings } from '../../release/plan.ts';
import type { Counted, TimedBlock } from '../blocks.ts';
import { slowName } from '../question-name.ts';
import { logSum } from './wealth.ts';

/** A yes-or-no question about a request, such as "was it an error?" or "did it take longer than 0.3 s?". */
export interface Question extends Counted {
  /** Margin: a version whose share of bad answers is higher by more than this is worse. 0 ≤ δ < 1. */
  readonly delta: number;
  /** Part of the alarm budget. The parts of all questions add up to 1. */
  readonly weight: number;
}

/**
 * Questions of a release: bad answers, and for each bound (ms) slow answers. Half of the alarm budget is for errors,
 * the rest for latency.
 */
export function questionsOf(
  { errorsMargin, slowMargin }: Pick<SequentialSettings, 'errorsMargin' | 'slowMargin'>,
  slowerThanMs: readonly number[],
): readonly Question[] {
  const slow = slowerThanMs.map((ms) => ({
    name: slowName(ms),
    slowerThanMs: ms,
    delta: slowMargin,
    weight: 0.5 / slowerThanMs.length,
  }));
  return [{ name: 'errors', delta: errorsMargin, weight: slow.length > 0 ? 0.5 : 1 }, ...slow];
}

/**
 * Logarithm of the weighted mean of e-values, which are given as logarithms by question. A mean of e-processes on the
 * same data is an e-process, so all questions share one budget.
 */
export function logMean(questions: readonly Question[], logOf: (name: string) => number): number {
  return questions.reduce(
    (sum, { name, weight }) => logSum(sum, Math.log(weight) + logOf(name)),
    Number.NEGATIVE_INFINITY,
  );
}

/** Shares of stable's answers that may be slower than a bound. The bound then lies in the tail, not at the median. */
const MIN_SLOW = 0.001;
const MAX_SLOW = 0.1;
const MAX_BOUNDS = 3;
/** Without any past, the first bound from here on is used. */
const USUAL_MS = 250;

/**
 * Default bounds of slow answers, in ms: bounds that few of stable's answers in the past hour exceeded, beginning with
 * the slowest. `known`: the bounds that Traefik counts, ascending. If there is none, latency is not compared.
 */
export function boundsInTail(past: readonly TimedBlock[], known: readonly number[]): readonly number[] {
  const counted = past.some(({ questions }) => (questions['errors']?.stable.requests ?? 0) > 0);
  if (!counted) return known.filter((ms) => ms >= USUAL_MS).slice(0, 1);
  return boundsOfShares(known, (ms) => shareSlower(past, ms));
}

/** The bounds in the tail of stable's answers. `shareOf`: the share of them that was slower. */
export function boundsOfShares(known: readonly number[], shareOf: (ms: number) => number): readonly number[] {
  const shares = known.map(shareOf);
  const tail = known.filter((_, index) => isBetween(shares[index] as number, MIN_SLOW, MAX_SLOW));
  if (tail.length > 0) return tail.slice(-MAX_BOUNDS);
  // If every answer of stable was fast, a slow version exceeds the first bound above them all.
  const above = known.find((_, index) => (shares[index] as number) < MIN_SLOW);
  return above === undefined ? [] : [above];
}

function shareSlower(past: readonly TimedBlock[], ms: number): number {
  let [requests, bad] = [0, 0];
  for (const { questions } of past) {
    requests += questions[slowName(ms)]?.stable.requests ?? 0;
    bad += questions[slowName(ms)]?.stable.bad ?? 0;
  }
  return bad / Math.max(1, requests);
}

const isBetween = (value: number, least: number, most: number): boolean => value >= least && value <= most;
