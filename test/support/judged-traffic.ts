import { binomial, type Random } from '../../bench/analysis/random.ts';
import type { TimedBlock } from '../../src/domain/analysis/blocks.ts';
import { addBlocks, startJudge, type JudgedStep, type JudgeState } from '../../src/domain/analysis/running-judge.ts';
import type { SequentialSettings } from '../../src/domain/release/plan.ts';

export const SETTINGS: SequentialSettings = { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05, slowerThanMs: [300] };
export const HOUR = 3_600_000;

/** The traffic between two scrapes: requests of each arm, and shares of bad and of slow answers. */
export interface Traffic {
  readonly candidate: number;
  readonly stable: number;
  readonly bad: { readonly candidate: number; readonly stable: number };
  readonly slow?: { readonly candidate: number; readonly stable: number };
  readonly scrapeMs?: number;
}

export function blockOf(
  random: Random,
  { candidate, stable, bad, slow = { candidate: 0.04, stable: 0.04 }, scrapeMs = 15_000 }: Traffic,
  to: number,
  instance = 'a',
): TimedBlock {
  const arm = (requests: number, share: number) => ({ requests, bad: binomial(random, requests, share) });
  return {
    from: to - scrapeMs,
    to,
    instance,
    questions: {
      errors: { candidate: arm(candidate, bad.candidate), stable: arm(stable, bad.stable) },
      'slow-300ms': { candidate: arm(candidate, slow.candidate), stable: arm(stable, slow.stable) },
    },
  };
}

/** An hour of stable alone that ends at HOUR, and the judge that begins then. */
export function judgeAfterAnHour(random: Random, stable: number, bad: number, settings = SETTINGS): JudgeState {
  const past = Array.from({ length: 240 }, (_, index) =>
    blockOf(random, { candidate: 0, stable, bad: { candidate: 0, stable: bad } }, (index + 1) * 15_000),
  );
  return startJudge(settings, past, [300], HOUR);
}

/** The judge after this many scrapes of the same traffic, from `at` on. */
export function watch(
  random: Random,
  state: JudgeState,
  traffic: Traffic,
  scrapes: number,
  step: JudgedStep,
  at = Math.max(state.newest, step.from),
): JudgeState {
  const ms = traffic.scrapeMs ?? 15_000;
  let next = state;
  for (let index = 1; index <= scrapes; index += 1)
    next = addBlocks(SETTINGS, next, [blockOf(random, traffic, at + index * ms)], step).state;
  return next;
}
