import { median, endsOf, type End } from '../analysis/simulate.ts';
import { sluice } from '../analysis/sluice.ts';
import { EXTEND_SECONDS, SOAK_SECONDS, WARM_UP_SECONDS } from './release.ts';
import type { Scenario } from './scenarios.ts';
import { RPS } from './slot.ts';

/** Rates, and medians over the decided runs. Times are from the first weight on. */
export interface Rates {
  readonly runs: number;
  readonly fail: number;
  readonly pass: number;
  readonly undecided: number;
  readonly seconds: number | undefined;
  readonly requests: number | undefined;
}

const RULE = sluice;
/** One scrape per second, as in the sandbox, and a past of five minutes, which is about the median of the live runs. */
const PACE = { scrapeSeconds: 1, scrapes: SOAK_SECONDS + EXTEND_SECONDS - WARM_UP_SECONDS, pastScrapes: 300 };

/** The same cell as on the sandbox, at its first weight, in the simulator of bench/analysis. */
export function simulated({ version, weights }: Scenario, runs: number, seed: number): Rates {
  const setting = { version, requestsPerSecond: RPS, share: (weights[0] ?? 0) / 100, pace: PACE };
  const ends = endsOf([RULE], setting, runs, seed).get(RULE.name) ?? [];
  const decided = ends.filter(({ decision }) => decision !== undefined);
  const share = (is: (end: End) => boolean) => ends.filter(is).length / runs;
  return {
    runs,
    fail: share(({ decision }) => decision === 'fail'),
    pass: share(({ decision }) => decision === 'pass'),
    undecided: share(({ decision }) => decision === undefined),
    // The first look is after the soak, even if the evidence was sufficient earlier.
    seconds: median(decided.map(({ scrapes }) => Math.max(SOAK_SECONDS, WARM_UP_SECONDS + scrapes))),
    requests: median(
      decided.map(
        ({ requests, scrapes }) =>
          requests + (Math.max(SOAK_SECONDS, WARM_UP_SECONDS + scrapes) - scrapes) * RPS * setting.share,
      ),
    ),
  };
}
