import type { TimedBlock } from '../../src/domain/analysis/blocks.ts';
import { addBlocks, concludes, startJudge } from '../../src/domain/analysis/running-judge.ts';
import type { SequentialSettings } from '../../src/domain/release/plan.ts';
import type { Rule } from './rule.ts';
import type { Scrape } from './world.ts';

/** Margins in shares of requests. */
export const DELTA = { errors: 0.01, slow: 0.05 } as const;

const BOUND_MS = 300;
const SETTINGS: SequentialSettings = {
  alpha: 0.05,
  errorsMargin: DELTA.errors,
  slowMargin: DELTA.slow,
  slowerThanMs: [BOUND_MS],
};

/** Our judge. It gets block after block, as in a release. */
export const sluice: Rule = {
  name: 'Sluice',
  source:
    'α = 5 % in both directions, margins 1 point of errors and 5 points of slow answers, predictions and dispersion from one hour of the stable version',
  watch(past, { scrapeSeconds }) {
    const ms = 1000 * scrapeSeconds;
    const startsAt = past.length * ms;
    const known = pastBlocks(past, ms).map((scrape) => timed(scrape, scrape.from, scrape.to));
    let state = startJudge(SETTINGS, known, [BOUND_MS], startsAt);
    let step = { weight: 0, from: startsAt };
    return {
      see(scrape, index) {
        const from = startsAt + index * ms;
        if (scrape.weight !== step.weight) step = { weight: scrape.weight, from };
        if (!scrape.seen) return undefined;
        state = addBlocks(SETTINGS, state, [timed(scrape, from, from + ms)], step).state;
        const conclusion = concludes(SETTINGS.alpha, state);
        return conclusion === 'open' ? undefined : conclusion;
      },
      end: () => undefined,
    };
  },
};

function timed({ errors, slow }: Scrape, from: number, to: number): TimedBlock {
  return { from, to, instance: 'proxy', questions: { errors, [`slow-${BOUND_MS}ms`]: slow } };
}

/** Scrapes of the past that were not lost, with their start and end times. */
export function pastBlocks(past: readonly Scrape[], ms: number): readonly (Scrape & { from: number; to: number })[] {
  return past.flatMap((scrape, index) => (scrape.seen ? [{ ...scrape, from: index * ms, to: (index + 1) * ms }] : []));
}
