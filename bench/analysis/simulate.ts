import { seeded } from './random.ts';
import type { Decision, Rule, Watch } from './rule.ts';
import { scrape, USUAL_PACE, type Scrape, type Setting } from './world.ts';

/** What a rule did over all runs of a cell. Shares are 0…1; medians over the runs that decided so. */
export interface Figures {
  readonly failed: number;
  readonly passed: number;
  readonly undecided: number;
  /**
   * Median requests that the candidate answered until the rule failed it, and bad answers that users got of it
   * meanwhile.
   */
  readonly requestsToFail: number | undefined;
  readonly harmToFail: number | undefined;
  /** Median seconds until it passed. */
  readonly secondsToPass: number | undefined;
  /** Mean bad answers of the candidate until any decision, or the end. */
  readonly harm: number;
}

/** How one run ended for one rule. */
export interface End {
  readonly decision: Decision | undefined;
  readonly requests: number;
  readonly bad: number;
  readonly scrapes: number;
}

export function simulate(
  rules: readonly Rule[],
  setting: Setting,
  runs: number,
  seed: number,
): ReadonlyMap<string, Figures> {
  const { scrapeSeconds } = setting.pace ?? USUAL_PACE;
  return new Map([...endsOf(rules, setting, runs, seed)].map(([name, list]) => [name, figures(list, scrapeSeconds)]));
}

/** Runs all rules on the same traffic, run by run. `seed` and the run's number make the traffic. */
export function endsOf(
  rules: readonly Rule[],
  setting: Setting,
  runs: number,
  seed: number,
): ReadonlyMap<string, readonly End[]> {
  const ends = new Map(rules.map(({ name }) => [name, [] as End[]]));
  const pace = setting.pace ?? USUAL_PACE;
  for (let run = 0; run < runs; run += 1) {
    const random = seeded(seed * 1_000_003 + run);
    const past = Array.from({ length: pace.pastScrapes }, (_, index) =>
      scrape(random, { ...setting, share: 0 }, index - pace.pastScrapes),
    );
    const scrapes = Array.from({ length: pace.scrapes }, (_, index) => scrape(random, setting, index));
    for (const rule of rules) ends.get(rule.name)?.push(follow(rule.watch(past, pace), scrapes));
  }
  return ends;
}

function follow(watch: Watch, scrapes: readonly Scrape[]): End {
  let [requests, bad] = [0, 0];
  for (const [index, one] of scrapes.entries()) {
    requests += one.errors.candidate.requests;
    bad += one.errors.candidate.bad;
    const decision = watch.see(one, index);
    if (decision) return { decision, requests, bad, scrapes: index + 1 };
  }
  return { decision: watch.end(), requests, bad, scrapes: scrapes.length };
}

function figures(ends: readonly End[], scrapeSeconds: number): Figures {
  const failed = ends.filter(({ decision }) => decision === 'fail');
  const passed = ends.filter(({ decision }) => decision === 'pass');
  return {
    failed: failed.length / ends.length,
    passed: passed.length / ends.length,
    undecided: 1 - (failed.length + passed.length) / ends.length,
    requestsToFail: median(failed.map(({ requests }) => requests)),
    harmToFail: median(failed.map(({ bad }) => bad)),
    secondsToPass: median(passed.map(({ scrapes }) => scrapes * scrapeSeconds)),
    harm: ends.reduce((sum, { bad }) => sum + bad, 0) / ends.length,
  };
}

export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
