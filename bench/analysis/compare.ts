import { notice, type Change, type Noticed } from './changes.ts';
import { AFTER_HALF_AN_HOUR, ALONE, changeCells, FROM_START } from './change-cells.ts';
import type { Rule } from './rule.ts';
import { wrong, type Cell } from './cell.ts';
import { DELTA } from './sluice.ts';
import { truth } from './world.ts';

/** Geometric means of ratios of medians. Undecided runs count as later than all others. */
export interface Ratios {
  readonly timeToPass: number;
  readonly badUntilFailed: number;
}

/** Our judge compared with the previous one, in the cells that both decide in more than half of the runs. */
export interface Comparison extends Ratios {
  readonly passCells: number;
  readonly failCells: number;
  /** The ratios of the judge that knows the rates, in the same cells. */
  readonly knowing: Ratios;
  /** Worst share of wrong decisions, over all cells. */
  readonly worstWrong: number;
  /** Greatest increase of the share of undecided runs at low traffic. */
  readonly moreUndecided: number;
}

export interface Names {
  readonly ours: string;
  readonly before: string;
  readonly knowing: string;
}

export interface ChangeRow {
  readonly change: Change;
  readonly by: ReadonlyMap<string, Noticed>;
}

/** `low`: cells of low traffic. They count for wrong decisions and for undecided runs. */
export function compare(cells: readonly Cell[], low: readonly Cell[], names: Names): Comparison {
  const [pass, fail] = [shared(cells, 'not-worse', names), shared(cells, 'worse', names)];
  const ratios = (name: string): Ratios => ({
    timeToPass: ratio(pass, 'medianPass', name, names.before),
    badUntilFailed: ratio(fail, 'medianHarm', name, names.before),
  });
  const wrongs = [...cells, ...low].map(({ setting: { version }, figures }) => {
    const now = figures.get(names.ours);
    return now ? wrong(version, now) : 0;
  });
  const more = low.map(
    ({ figures }) => (figures.get(names.ours)?.undecided ?? 0) - (figures.get(names.before)?.undecided ?? 0),
  );
  return {
    ...ratios(names.ours),
    passCells: pass.length,
    failCells: fail.length,
    knowing: ratios(names.knowing),
    worstWrong: Math.max(...wrongs),
    moreUndecided: Math.max(...more),
  };
}

/** The cells that our judge and the previous one decide in more than half of the runs. */
function shared(cells: readonly Cell[], is: 'worse' | 'not-worse', { ours, before }: Names): readonly Cell[] {
  const of = is === 'worse' ? 'medianHarm' : 'medianPass';
  return cells.filter(
    ({ setting, figures }) =>
      truth(setting.version, DELTA) === is && figures.get(ours)?.[of] !== undefined && figures.get(before)?.[of],
  );
}

function ratio(cells: readonly Cell[], of: 'medianPass' | 'medianHarm', name: string, before: string): number {
  const ratios = cells.flatMap(({ figures }) => {
    const [a, b] = [figures.get(name)?.[of], figures.get(before)?.[of]];
    return a && b ? [a / b] : [];
  });
  return geometricMean(ratios);
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
