import type { Decision, Rule } from '../rule.ts';
import { DELTA, pastBlocks } from '../sluice.ts';
import { clumping } from './first-judge/clumping.ts';
import { conclude, weigh, type Evidence, type SequentialSpec } from './first-judge/evidence.ts';

const SPEC: SequentialSpec = {
  questions: [
    { name: 'errors', delta: DELTA.errors, weight: 0.5 },
    { name: 'slow', delta: DELTA.slow, weight: 0.5 },
  ],
  alphaWorse: 0.05,
  alphaNotWorse: 0.05,
};

/**
 * The judge of ADR 9 and 11, unchanged: one process over all weights, with predictions that start without data. It is
 * the reference for the current judge.
 */
export function firstJudge(name: string, clumps: boolean): Rule {
  return {
    name,
    source: `α = 5 % in both directions, the same margins, predictions from the release alone${clumps ? ', dispersion from one hour of the stable version' : ', no dispersion'}`,
    watch(past, { scrapeSeconds }) {
      const known = clumps
        ? clumping(
            pastBlocks(past, 1000 * scrapeSeconds).map(({ from, to, errors }) => ({ from, to, ...errors.stable })),
          )
        : undefined;
      let evidence: Evidence = {};
      return {
        see(scrape): Decision | undefined {
          if (!scrape.seen) return undefined;
          const blocks = { errors: scrape.errors, slow: scrape.slow };
          evidence = weigh(SPEC, evidence, blocks, known === undefined ? {} : { errors: known });
          const conclusion = conclude(SPEC, evidence);
          return conclusion === 'open' ? undefined : conclusion;
        },
        end: () => undefined,
      };
    },
  };
}
