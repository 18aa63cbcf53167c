import { notice, type Change, type Noticed } from './changes.ts';
import { AFTER_HALF_AN_HOUR, ALONE, changeCells, FROM_START } from './change-cells.ts';
import type { Rule } from './rule.ts';
import { wrong, type Cell } from './cell.ts';
import { DELTA } from './sluice.ts';
import { truth } from './world.ts';

/** Our judge compared with the previous one, in the cells that both decide in more than half of the runs. */
export interface Comparison {
  /** Geometric means of ratios of medians. Undecided runs count as later than all others. */
  readonly timeToPass: number;
  readonly badUntilFailed: number;
  readonly passCells: number;
  readonly failCells: number;
  /** Worst share of wrong decisions, over all cells. */
  readonly worstWrong: number;
  /** Greatest increase of the share of undecided runs. */
  readonly moreUndecided: number;
}

export interface ChangeRow {
  readonly change: Change;
  readonly by: ReadonlyMap<string, Noticed>;
}

export function compare(cells: readonly Cell[], ours: string, before: string): Comparison {
  const pairs = cells.map(({ setting, figures }) => ({
    version: setting.version,
    ours: figures.get(ours),
    before: figures.get(before),
  }));
  const ratios = (is: 'worse' | 'not-worse', of: 'medianPass' | 'medianHarm'): readonly number[] =>
    pairs.flatMap(({ version, ours: now, before: then }) => {
      const [a, b] = [now?.[of], then?.[of]];
      return truth(version, DELTA) === is && a !== undefined && b !== undefined && b > 0 ? [a / b] : [];
    });
  const [pass, fail] = [ratios('not-worse', 'medianPass'), ratios('worse', 'medianHarm')];
  return {
    timeToPass: geometricMean(pass),
    badUntilFailed: geometricMean(fail),
    passCells: pass.length,
    failCells: fail.length,
    worstWrong: Math.max(...pairs.map(({ version, ours: now }) => (now ? wrong(version, now) : 0))),
    moreUndecided: Math.max(
      ...pairs.map(({ ours: now, before: then }) => (now?.undecided ?? 0) - (then?.undecided ?? 0)),
    ),
  };
}

/** All results for versions that become bad while they are watched. */
export function changeRows(rules: readonly Rule[], runs: number, seed: number, long: boolean): readonly ChangeRow[] {
  return [...changeCells(long), AFTER_HALF_AN_HOUR, ALONE].map((change, index) => ({
    change,
    // Ten hours are 2,400 more scrapes, and a median needs fewer runs.
    by: notice(rules, change, change.minutes > 100 ? Math.ceil(runs / 4) : runs, seed + index),
  }));
}

/**
 * How much later a version that became bad is noticed than one that was bad from the start, in the same cell. The
 * results are ratios of bad answers, one for each row that has both.
 */
export function lateness(rows: readonly ChangeRow[], rule: string): readonly { row: ChangeRow; ratio: number }[] {
  return rows.flatMap((row) => {
    const { change } = row;
    const weight = change.share(change.minutes + 1);
    const start = rows.find(
      (other) =>
        other.change.name === FROM_START &&
        other.change.requestsPerSecond === change.requestsPerSecond &&
        other.change.share(1) === weight,
    );
    const [late, early] = [row.by.get(rule)?.bad, start?.by.get(rule)?.bad];
    return change.name === FROM_START || change === AFTER_HALF_AN_HOUR || !late || !early
      ? []
      : [{ row, ratio: late / early }];
  });
}

export function lastLine({ timeToPass, badUntilFailed, worstWrong }: Comparison, requests: number | undefined): string {
  return (
    `time to pass x${timeToPass.toFixed(2)}, bad answers until failed x${badUntilFailed.toFixed(2)}, ` +
    `worst wrong ${(100 * worstWrong).toFixed(1)} %, turned bad after 30 min: ${requests ?? 'no'} requests`
  );
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
