import type { ArmBlock } from './block-test.ts';
import { dispersion } from './dispersion.ts';

/** The counts of one arm between two scrapes of one proxy replica. Times are epoch ms. */
export interface TimedArm extends ArmBlock {
  readonly from: number;
  readonly to: number;
}

/**
 * Further bin widths. Several scrape intervals are used because replicas are not scraped at the same moment. The widths
 * in ms are used because a clump may outlast a scrape interval.
 */
const INTERVALS = 4;
const SCALES_MS = [5_000, 15_000];
/** With fewer bins a scale is not compared with the other scales. */
const MIN_BINS = 20;

/**
 * The dispersion of bad answers over all replicas together.
 *
 * Several replicas that forward one clump split it into pieces, which look smaller and arrive at the same time.
 * Measured for each replica, clumps of 10 behind two proxies look like clumps of 2. So the function first adds blocks
 * up by time, in bins of the scrape interval, and in wider bins where there are enough of them. It returns the greatest
 * dispersion of all scales. Undefined as for `dispersion`.
 */
export function clumping(blocks: readonly TimedArm[]): number | undefined {
  const interval = median(blocks.map(({ from, to }) => to - from));
  const scales = [...new Set([interval, ...SCALES_MS.map((ms) => Math.max(ms, interval)), INTERVALS * interval])];
  const [finest = [], ...coarser] = scales.map((ms) => binned(blocks, ms));
  const estimates = [finest, ...coarser.filter((bins) => bins.length >= MIN_BINS)].flatMap(
    (bins) => dispersion(bins)?.estimate ?? [],
  );
  return estimates.length === 0 ? undefined : Math.max(...estimates);
}

function binned(blocks: readonly TimedArm[], ms: number): readonly ArmBlock[] {
  const bins = new Map<number, ArmBlock>();
  for (const { to, requests, bad } of blocks) {
    const bin = Math.floor(to / Math.max(1, ms));
    const sum = bins.get(bin) ?? { requests: 0, bad: 0 };
    bins.set(bin, { requests: sum.requests + requests, bad: sum.bad + bad });
  }
  return [...bins].sort(([a], [b]) => a - b).map(([, sum]) => sum);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
