import { seeded } from './random.ts';
import type { Rule } from './rule.ts';
import { median } from './simulate.ts';
import { scrape, USUAL_PACE, type Scrape, type Version } from './world.ts';

/** A version that is good at first and becomes bad while it is watched. */
export interface Change {
  readonly name: string;
  readonly requestsPerSecond: number;
  /** Minutes until it becomes bad. With 0 it is bad from the start. */
  readonly minutes: number;
  /** Candidate's share of the traffic, 0…1, and shares of errors, by minutes since the release began. */
  readonly share: (minute: number) => number;
  readonly candidate: (minute: number) => number;
  readonly stable: number;
}

/**
 * Medians over the runs, counted from the time at which the version became bad. Undefined if it was not failed in time.
 */
export interface Noticed {
  readonly requests: number | undefined;
  readonly bad: number | undefined;
  readonly seconds: number | undefined;
  /** Share of runs that were failed before that time. */
  readonly tooEarly: number;
}

/** Minutes that a rule has once the version is bad. */
const WATCHED_MINUTES = 40;
const SLOW = { candidate: 0.04, stable: 0.04 };

interface Ended {
  readonly requests: number;
  readonly bad: number;
  readonly seconds: number;
  readonly tooEarly: boolean;
}

/** Watches every run as a held release is watched: only a failure ends the run, a pass does not. */
export function notice(rules: readonly Rule[], change: Change, runs: number, seed: number): Map<string, Noticed> {
  const ends = new Map(rules.map(({ name }) => [name, [] as Ended[]]));
  for (let run = 0; run < runs; run += 1) {
    const scrapes = record(change, seed * 1_000_003 + run);
    for (const rule of rules) ends.get(rule.name)?.push(follow(rule, change, scrapes));
  }
  return new Map([...ends].map(([name, all]) => [name, noticed(all)]));
}

const versionAt = ({ name, candidate, stable }: Change, minute: number): Version => ({
  name,
  errors: { candidate: candidate(minute), stable },
  slow: SLOW,
});

function record(change: Change, seed: number) {
  const { minutes, requestsPerSecond, share } = change;
  const random = seeded(seed);
  const { pastScrapes, scrapeSeconds } = USUAL_PACE;
  const at = (index: number, alone: boolean): Scrape => {
    const minute = (index * scrapeSeconds) / 60;
    const version = versionAt(change, minute);
    return scrape(random, { version, requestsPerSecond, share: alone ? 0 : share(minute) }, index);
  };
  const count = Math.ceil(((minutes + WATCHED_MINUTES) * 60) / scrapeSeconds);
  return {
    past: Array.from({ length: pastScrapes }, (_, index) => at(index - pastScrapes, true)),
    scrapes: Array.from({ length: count }, (_, index) => at(index, false)),
  };
}

function follow(rule: Rule, change: Change, { past, scrapes }: ReturnType<typeof record>): Ended {
  const { minutes } = change;
  const { scrapeSeconds } = USUAL_PACE;
  const turns = (minutes * 60) / scrapeSeconds;
  const watch = rule.watch(past, USUAL_PACE, versionAt(change, minutes + WATCHED_MINUTES));
  let [requests, bad] = [0, 0];
  for (const [index, one] of scrapes.entries()) {
    if (index >= turns) {
      requests += one.errors.candidate.requests;
      bad += one.errors.candidate.bad;
    }
    if (watch.see(one, index) === 'fail')
      return { requests, bad, seconds: (index + 1 - turns) * scrapeSeconds, tooEarly: index < turns };
  }
  return { requests: Infinity, bad: Infinity, seconds: Infinity, tooEarly: false };
}

function noticed(all: readonly Ended[]): Noticed {
  const right = all.filter(({ tooEarly }) => !tooEarly);
  const middle = (pick: (end: Ended) => number): number | undefined => {
    const value = median(right.map(pick));
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  };
  return {
    requests: middle(({ requests }) => requests),
    bad: middle(({ bad }) => bad),
    seconds: middle(({ seconds }) => seconds),
    tooEarly: 1 - right.length / all.length,
  };
}
