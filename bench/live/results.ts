import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * `undecided`: the judge did not decide in time, and the release was rolled back. `disturbed`: something else ended it.
 * It counts for no rate.
 */
export type Outcome = 'fail' | 'pass' | 'undecided' | 'disturbed';

/** One release on the sandbox. */
export interface LiveRun {
  readonly scenario: string;
  /** Seed of the errors and delays of the new version, and of the stable one. */
  readonly seed: number;
  readonly stableSeed: number;
  readonly outcome: Outcome;
  /**
   * From the proof of the first weight to the decision. For an undecided run it is until the release was rolled back.
   */
  readonly seconds: number;
  /** Answers of the new version until then, and the bad ones among them. */
  readonly requests: number;
  readonly bad: number;
  /** The verdict's reason. */
  readonly reason: string;
  /** How long stable had been under load before, in s. Its dispersion is estimated from this time. */
  readonly pastSeconds: number;
  /** Load average of the machine at the end. */
  readonly loadAverage: number;
  readonly endedAt: string;
  /** What distinguishes the run from the others. */
  readonly note?: string;
}

/** One line for each run, so that an interruption loses nothing. */
export class Results {
  private readonly file: string;
  readonly runs: LiveRun[];

  /** `before`: the runs to begin with where the file does not exist. */
  constructor(file: string, before: readonly LiveRun[] = []) {
    this.file = file;
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(file)) writeFileSync(file, before.map((run) => `${JSON.stringify(run)}\n`).join(''));
    this.runs = readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LiveRun);
  }

  add(run: LiveRun): void {
    appendFileSync(this.file, `${JSON.stringify(run)}\n`);
    this.runs.push(run);
  }

  /** The runs of a scenario that count. */
  of(scenario: string): readonly LiveRun[] {
    return this.runs.filter((run) => run.scenario === scenario && run.outcome !== 'disturbed');
  }
}
