import { clumping } from '../../src/domain/analysis/clumping.ts';
import { conclude, weigh, type Evidence, type SequentialSpec } from '../../src/domain/analysis/evidence.ts';
import type { Rule } from './rule.ts';
import type { Scrape } from './world.ts';

/** Margins in shares of requests. */
export const DELTA = { errors: 0.01, slow: 0.05 } as const;

const SPEC: SequentialSpec = {
  questions: [
    { name: 'errors', delta: DELTA.errors, weight: 0.5 },
    { name: 'slow', delta: DELTA.slow, weight: 0.5 },
  ],
  alphaWorse: 0.05,
  alphaNotWorse: 0.05,
};

/** Our judge: block e-tests in both directions, dispersion from the stable version's own past. */
export function sluice(name: string, clumps: boolean): Rule {
  return {
    name,
    source: `α = 5 % in both directions, margins 1 point of errors and 5 points of slow answers${clumps ? ', dispersion from one hour of the stable version' : ', no dispersion'}`,
    watch(past, { scrapeSeconds }) {
      const known = clumps ? pastClumping(past, 1000 * scrapeSeconds) : undefined;
      let evidence: Evidence = {};
      return {
        see(scrape) {
          if (!scrape.seen) return undefined;
          evidence = weigh(
            SPEC,
            evidence,
            { errors: scrape.errors, slow: scrape.slow },
            known === undefined ? {} : { errors: known },
          );
          const conclusion = conclude(SPEC, evidence);
          return conclusion === 'open' ? undefined : conclusion;
        },
        end: () => undefined,
      };
    },
  };
}

function pastClumping(past: readonly Scrape[], ms: number): number | undefined {
  return clumping(
    past.flatMap(({ seen, errors }, index) =>
      seen ? [{ from: index * ms, to: (index + 1) * ms, ...errors.stable }] : [],
    ),
  );
}
