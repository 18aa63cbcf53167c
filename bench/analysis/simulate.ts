import { seeded } from './random.ts';
import type { Decision, Rule, Watch } from './rule.ts';
import { scrape, USUAL_PACE, type Scrape, type Setting } from './world.ts';

/** Results of a rule over all runs of a cell. Shares are 0…1. Medians are over the runs with that decision. */
export interface Figures {
  readonly failed: number;
  readonly passed: number;
  readonly undecided: number;
  /**
   * Median requests that the candidate answered until the rule failed it, and bad answers that users got until then.
   */
  readonly requestsToFail: number | undefined;
  readonly harmToFail: number | undefined;
  /** Median seconds until it passed. */
  readonly secondsToPass: number | undefined;
  /**
   * Medians over all runs, where an undecided run counts as later than all others. Undefined if fewer than half were
   * passed, or failed. The units are seconds until it passed, and answers of the bad kind until it failed.
   */
  readonly medianPass: number | undefined;
  readonly medianHarm: number | undefined;
  /** Mean number of the candidate's bad answers until any decision, or until the end. */
  readonly harm: number;
}

/** The end of one run for one rule. */
export interface End {
  readonly decision: Decision | undefined;
  readonly requests: number;
  readonly bad: number;
  /** Answers of the kind in which the version is worse: errors, or slow ones. */
  readonly harm: number;
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

/** Runs all rules on the same traffic, run by run. `seed` and the run's number determine the traffic. */
export function endsOf(
  rules: readonly Rule[],
  setting: Setting,
  runs: number,
  seed: number,
): ReadonlyMap<string, readonly End[]> {
  const ends = new Map(rules.map(({ name }) => [name, [] as End[]]));
  const pace = setting.pace ?? USUAL_PACE;
  const { errors, slow } = setting.version;
  const kind = slow.candidate > slow.stable && errors.candidate <= errors.stable ? 'slow' : 'errors';
  for (let run = 0; run < runs; run += 1) {
    const random = seeded(seed * 1_000_003 + run);
    const past = Array.from({ length: pace.pastScrapes }, (_, index) =>
      scrape(random, { ...setting, share: 0 }, index - pace.pastScrapes),
    );
    const scrapes = Array.from({ length: pace.scrapes }, (_, index) => scrape(random, setting, index));
    for (const rule of rules) ends.get(rule.name)?.push(follow(rule.watch(past, pace, setting.version), scrapes, kind));
  }
  return ends;
}

function follow(watch: Watch, scrapes: readonly Scrape[], kind: 'errors' | 'slow'): End {
  let [requests, bad, harm] = [0, 0, 0];
  for (const [index, one] of scrapes.entries()) {
    requests += one.errors.candidate.requests;
    bad += one.errors.candidate.bad;
    harm += one[kind].candidate.bad;
    const decision = watch.see(one, index);
    if (decision) return { decision, requests, bad, harm, scrapes: index + 1 };
  }
  return { decision: watch.end(), requests, bad, harm, scrapes: scrapes.length };
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
    medianPass: censored(
      ends.map(({ decision, scrapes }) => (decision === 'pass' ? scrapes * scrapeSeconds : Infinity)),
    ),
    medianHarm: censored(ends.map((end) => (end.decision === 'fail' ? end.harm : Infinity))),
    harm: ends.reduce((sum, { bad }) => sum + bad, 0) / ends.length,
  };
}

function censored(values: readonly number[]): number | undefined {
  const middle = median(values);
  return middle !== undefined && Number.isFinite(middle) ? middle : undefined;
}

export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
