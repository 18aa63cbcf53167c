import type { Block } from './block-test.ts';
import type { Counted, TimedBlock } from './blocks.ts';
import { slowName } from './question-name.ts';
import { addShare, NO_SHARE, type ShareSums } from './shortfall.ts';
import type { ArmCounts } from './verdict.ts';

/** Counts of both arms by question, summed over blocks. */
export type Totals = Readonly<Record<string, Block>>;

/** Counts since one weight came into force. Their size does not grow with time. */
export interface StepTotals {
  /** Epoch ms. Blocks that begin earlier belong to another weight. */
  readonly from: number;
  readonly totals: Totals;
  readonly share: ShareSums;
  /** Names of the proxies that were scraped. */
  readonly proxies: readonly string[];
  /** How many intervals between scrapes could not be counted. Absent if none. */
  readonly leftOut?: number;
}

/** Counts of an interval of BIN_MS. */
export interface Bin {
  /** Index of the interval since the epoch. */
  readonly bin: number;
  readonly totals: Totals;
}

const BIN_MS = 10_000;
/** Number of bins that form the recent past. */
const MAX_BINS = 62;

const ERRORS = 'errors';
const UNKNOWN = 'unknown';

/** All questions that are counted for a request, with bounds in ms. */
export function countedOf(bounds: readonly number[]): readonly Counted[] {
  return [
    { name: ERRORS },
    { name: UNKNOWN, kind: 'unknown' },
    ...bounds.map((slowerThanMs) => ({ name: slowName(slowerThanMs), slowerThanMs })),
  ];
}

export function newStep(from: number): StepTotals {
  return { from, totals: {}, share: NO_SHARE, proxies: [] };
}

export function addToStep(step: StepTotals, block: TimedBlock): StepTotals {
  if (block.from < step.from) return step;
  const answers = block.questions[ERRORS];
  return {
    ...step,
    totals: add(step.totals, block.questions),
    share: answers ? addShare(step.share, answers.candidate.requests, answers.stable.requests) : step.share,
    proxies: step.proxies.includes(block.instance) ? step.proxies : [...step.proxies, block.instance],
  };
}

/** `leftOut`: start times of intervals that could not be counted, epoch ms. */
export function addLeftOut(step: StepTotals, leftOut: readonly number[]): StepTotals {
  const own = leftOut.filter((from) => from >= step.from).length;
  return own === 0 ? step : { ...step, leftOut: (step.leftOut ?? 0) + own };
}

/** Bins are in ascending order. Old bins are dropped. */
export function addToBins(bins: readonly Bin[], { to, questions }: TimedBlock): readonly Bin[] {
  const bin = Math.floor(to / BIN_MS);
  const rest = bins.filter((one) => one.bin !== bin && one.bin > bin - MAX_BINS);
  const before = bins.find((one) => one.bin === bin)?.totals ?? {};
  return [...rest, { bin, totals: add(before, questions) }].sort((a, b) => a.bin - b.bin);
}

/** The sum of the bins that begin at or after `from`. */
export function totalsSince(bins: readonly Bin[], from: number): Totals {
  return bins.filter(({ bin }) => bin * BIN_MS >= from).reduce((sum, { totals }) => add(sum, totals), {} as Totals);
}

function add(a: Totals, b: Totals): Totals {
  const sum: Record<string, Block> = { ...a };
  for (const [name, block] of Object.entries(b)) {
    const before = sum[name];
    sum[name] = before
      ? { candidate: addArm(before, block, 'candidate'), stable: addArm(before, block, 'stable') }
      : block;
  }
  return sum;
}

function addArm(a: Block, b: Block, arm: keyof Block): Block[keyof Block] {
  return { requests: a[arm].requests + b[arm].requests, bad: a[arm].bad + b[arm].bad };
}

export function countsOf(totals: Totals): { readonly candidate: ArmCounts; readonly stable: ArmCounts } {
  return { candidate: armOf(totals, 'candidate'), stable: armOf(totals, 'stable') };
}

/** A bound that was not counted in every block is left out, because a percentile over it would be wrong. */
function armOf(totals: Totals, arm: keyof Block): ArmCounts {
  const slow = Object.entries(totals).flatMap(([name, block]) => {
    const ms = /^slow-(.+)ms$/.exec(name)?.[1];
    return ms === undefined ? [] : [{ le: Number(ms) / 1000, ...block[arm] }];
  });
  const timed = Math.max(0, ...slow.map(({ requests }) => requests));
  const buckets = slow
    .filter(({ requests }) => requests === timed)
    .map(({ le, requests, bad }) => ({ le, count: requests - bad }))
    .sort((a, b) => a.le - b.le);
  const unknown = totals[UNKNOWN]?.[arm].bad ?? 0;
  return {
    requests: totals[ERRORS]?.[arm].requests ?? 0,
    errors: totals[ERRORS]?.[arm].bad ?? 0,
    ...(unknown > 0 && { unknown }),
    buckets: timed > 0 ? [...buckets, { le: Infinity, count: timed }] : [],
  };
}
