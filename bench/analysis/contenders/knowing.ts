import { logEValue, type Block, type Rates } from '../../../src/domain/analysis/block-test.ts';
import { clumpsOf, dispersionNow } from '../../../src/domain/analysis/sequential/clumps.ts';
import type { Decision, Rule } from '../rule.ts';
import { DELTA, pastBlocks } from '../sluice.ts';
import type { Scrape } from '../world.ts';

const BOUND = -Math.log(0.05);
/** At a rate of 0 the logarithms are infinite. */
const MIN_RATE = 1e-9;
const QUESTIONS = ['errors', 'slow'] as const;
type Question = (typeof QUESTIONS)[number];

/**
 * A judge that cannot exist: it knows both versions' true rates from the start, and bets everything on them. No test
 * with the same α needs fewer requests in the mean than this one, except for the last block (Wald's bound for the
 * nearest rates that the null hypothesis allows). It shows what any judge can reach.
 */
export const knowing: Rule = {
  name: 'Judge that knows the rates',
  source: 'α = 5 % in both directions, the same margins, the true rates of both versions known beforehand',
  watch(past, { scrapeSeconds }, version) {
    const blocks = pastBlocks(past, 1000 * scrapeSeconds);
    const dispersion = (question: Question) =>
      dispersionNow(clumpsOf(blocks.map((block) => ({ from: block.from, to: block.to, ...block[question].stable }))))
        .phi;
    const asked = QUESTIONS.map((question) => ({
      question,
      rates: knownRates(version[question]),
      phi: dispersion(question),
      isWorse: version[question].candidate - version[question].stable > DELTA[question],
      log: 0,
    }));
    return {
      see(scrape: Scrape): Decision | undefined {
        if (!scrape.seen) return undefined;
        for (const one of asked) one.log += gain(scrape[one.question], one.rates, DELTA[one.question]) / one.phi;
        if (asked.some(({ isWorse, log }) => isWorse && log >= BOUND)) return 'fail';
        return asked.every(({ isWorse, log }) => !isWorse && log >= BOUND) ? 'pass' : undefined;
      },
      end: () => undefined,
    };
  },
};

const gain = (block: Block, rates: Rates, delta: number): number => logEValue(block, rates, delta);

const knownRates = ({ candidate, stable }: Rates): Rates => ({
  candidate: Math.max(MIN_RATE, candidate),
  stable: Math.max(MIN_RATE, stable),
});
