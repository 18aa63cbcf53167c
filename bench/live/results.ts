import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * `undecided`: the judge could not say within the time, and the release went back. `disturbed`: something else ended
 * it; it counts for no rate.
 */
export type Outcome = 'fail' | 'pass' | 'undecided' | 'disturbed';

/** One release on the sandbox. */
export interface LiveRun {
  readonly scenario: string;
  /** Of the new version's errors and delays, and of the stable one's. */
  readonly seed: number;
  readonly stableSeed: number;
  readonly outcome: Outcome;
  /** From the proof of the first weight to the decision; of an undecided run until the release gave up. */
  readonly seconds: number;
  /** Answers of the new version until then, and bad ones among them. */
  readonly requests: number;
  readonly bad: number;
  /** The verdict's reason. */
  readonly reason: string;
  /** How long stable had been under load before, in s: what its dispersion is estimated from. */
  readonly pastSeconds: number;
  /** Of the machine, at the end. */
  readonly loadAverage: number;
  readonly endedAt: string;
  /** What distinguishes the run from the others. */
  readonly note?: string;
}

/** One line a run, so that an interruption loses nothing. */
export class Results {
  private readonly file: string;
  readonly runs: LiveRun[];

  constructor(file: string) {
    this.file = file;
    mkdirSync(dirname(file), { recursive: true });
    this.runs = existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as LiveRun)
      : [];
  }

  add(run: LiveRun): void {
    appendFileSync(this.file, `${JSON.stringify(run)}\n`);
    this.runs.push(run);
  }

  /** Runs of a scenario that count. */
  of(scenario: string): readonly LiveRun[] {
    return this.runs.filter((run) => run.scenario === scenario && run.outcome !== 'disturbed');
  }
}
