import type { ArmBlock, Block } from './block-test.ts';
import type { ArmSeries, Series } from './increase.ts';
import { isBadAnswer, isLongLived, isStream } from './bad-answer.ts';
import { seriesByProxy } from './proxies.ts';

/** What both arms did between two scrapes of one proxy replica, by question. */
export interface TimedBlock {
  /** Epoch ms of the two scrapes. */
  readonly from: number;
  readonly to: number;
  readonly instance: string;
  readonly questions: Readonly<Record<string, Block>>;
}

/** A question to count. `slowerThanMs` absent: was the answer bad? */
export interface Counted {
  readonly name: string;
  readonly slowerThanMs?: number;
}

export interface Arms {
  readonly candidate: ArmSeries;
  readonly stable: ArmSeries;
}

/**
 * The blocks of every replica in [from, to], in the order in which they ended. Each counter is differenced for itself
 * and both arms between the
 * same two scrapes. An interval in which a counter fell (a restart) or vanished is left out for both arms: a lower
 * bound for one of them would
 * speak against the other. A series that begins while its replica was scraped before began at zero.
 */
export function blocksOf(
  arms: Arms,
  questions: readonly Counted[],
  window: { readonly from: number; readonly to: number },
): readonly TimedBlock[] {
  const series = [
    ...arms.candidate.requests,
    ...arms.candidate.buckets,
    ...arms.stable.requests,
    ...arms.stable.buckets,
  ];
  return [...seriesByProxy(series)]
    .flatMap(([proxy, own]) => blocksOfProxy(arms, questions, window, { proxy, own: new Set(own) }))
    .sort((a, b) => a.to - b.to);
}

function blocksOfProxy(
  arms: Arms,
  questions: readonly Counted[],
  window: { from: number; to: number },
  { proxy, own: series }: { proxy: string; own: ReadonlySet<Series> },
): TimedBlock[] {
  const own = (all: readonly Series[]) => all.filter((one) => series.has(one));
  const times = scrapeTimes([...series], window);
  const places = new Map(times.map((time, place) => [time, place]));
  const aligned = ({ requests, buckets }: ArmSeries): AlignedArm => ({
    requests: own(requests)
      .filter(({ labels }) => !isStream(labels))
      .map((one) => align(one, places)),
    buckets: own(buckets)
      .filter(({ labels }) => !isLongLived(labels))
      .map((one) => align(one, places)),
  });
  const [candidate, stable] = [aligned(arms.candidate), aligned(arms.stable)];
  const broken = brokenIntervals(
    [...candidate.requests, ...candidate.buckets, ...stable.requests, ...stable.buckets],
    times.length,
  );
  const totals = questions.map((question) => {
    // A bound that one arm lacks would make all of its answers slow: then nothing is counted for either.
    const counted = [candidate, stable].every((arm) => hasBound(arm, question));
    const of = (arm: AlignedArm) => totalsOf(counted ? arm : NOTHING, question, times.length);
    return [question.name, of(candidate), of(stable)] as const;
  });
  return times.slice(1).flatMap((to, index) => {
    if (broken[index]) return [];
    const counted = totals.map(
      ([name, ofCandidate, ofStable]) =>
        [name, { candidate: increase(ofCandidate, index), stable: increase(ofStable, index) }] as const,
    );
    return [{ from: times[index] as number, to, instance: proxy, questions: Object.fromEntries(counted) }];
  });
}

/** Every moment in the window at which the replica was scraped, ascending. */
function scrapeTimes(series: readonly Series[], { from, to }: { from: number; to: number }): readonly number[] {
  const times = new Set<number>();
  for (const { samples } of series) for (const [at] of samples) if (at >= from && at <= to) times.add(at);
  return [...times].sort((a, b) => a - b);
}

/**
 * A counter's values at the scrapes, NaN where it was not there. Judgements look at an hour of every counter each
 * second, so nothing is looked up twice.
 */
interface Column {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Float64Array;
}

interface AlignedArm {
  readonly requests: readonly Column[];
  readonly buckets: readonly Column[];
}

function align({ labels, samples }: Series, places: ReadonlyMap<number, number>): Column {
  const values = new Float64Array(places.size).fill(NaN);
  for (const [at, value] of samples) {
    const place = places.get(at);
    if (place !== undefined) values[place] = value;
  }
  return { labels, values };
}

/** By the index of its first scrape: whether any counter fell or vanished in the interval. */
function brokenIntervals(columns: readonly Column[], scrapes: number): Uint8Array {
  const broken = new Uint8Array(scrapes);
  for (const { values } of columns) {
    for (let index = 0; index + 1 < scrapes; index += 1) {
      const before = values[index] as number;
      // Not "after < before": a counter that vanished is NaN and broke off as well.
      if (!Number.isNaN(before) && !((values[index + 1] as number) >= before)) broken[index] = 1;
    }
  }
  return broken;
}

const NOTHING: AlignedArm = { requests: [], buckets: [] };

function hasBound({ buckets }: AlignedArm, { slowerThanMs }: Counted): boolean {
  if (slowerThanMs === undefined || buckets.length === 0) return true;
  return buckets.some(({ labels }) => Number(labels['le']) === slowerThanMs / 1000);
}

interface Totals {
  readonly requests: Float64Array;
  readonly bad: Float64Array;
}

function totalsOf({ requests, buckets }: AlignedArm, { slowerThanMs }: Counted, scrapes: number): Totals {
  if (slowerThanMs === undefined)
    return {
      requests: sum(requests, scrapes),
      bad: sum(
        requests.filter(({ labels }) => isBadAnswer(labels)),
        scrapes,
      ),
    };
  const all = sum(
    buckets.filter(({ labels }) => labels['le'] === '+Inf'),
    scrapes,
  );
  const fast = sum(
    buckets.filter(({ labels }) => Number(labels['le']) === slowerThanMs / 1000),
    scrapes,
  );
  return { requests: all, bad: all.map((count, index) => count - (fast[index] as number)) };
}

/** What is not there yet counts as zero. */
function sum(columns: readonly Column[], scrapes: number): Float64Array {
  const totals = new Float64Array(scrapes);
  for (const { values } of columns)
    for (let index = 0; index < scrapes; index += 1)
      totals[index] = (totals[index] as number) + ((values[index] as number) || 0);
  return totals;
}

function increase({ requests, bad }: Totals, index: number): ArmBlock {
  const over = (totals: Float64Array) => (totals[index + 1] as number) - (totals[index] as number);
  return { requests: over(requests), bad: Math.max(0, over(bad)) };
}

/** The bucket bounds of a histogram, in ms, ascending, without infinity. */
export function boundsMs(buckets: readonly Series[]): readonly number[] {
  const bounds = buckets.map(({ labels }) => Number(labels['le'])).filter(Number.isFinite);
  return [...new Set(bounds)].map((seconds) => Math.round(seconds * 1e6) / 1000).sort((a, b) => a - b);
}
