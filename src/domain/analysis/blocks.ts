import type { ArmBlock, Block } from './block-test.ts';
import type { ArmSeries, Series } from './series.ts';
import { answerKind, isLongLived, isStream, type AnswerKind } from './bad-answer.ts';
import { align, breaks, scrapeTimes, sum, type Column } from './columns.ts';
import { seriesByProxy } from './proxies.ts';
import { TOOL_LABEL } from './tools/label.ts';

/** The counts of both arms between two scrapes of one proxy replica, one entry for each question. */
export interface TimedBlock {
  /** Times of the two scrapes, epoch ms. */
  readonly from: number;
  readonly to: number;
  readonly instance: string;
  readonly questions: Readonly<Record<string, Block>>;
  /** The same questions for each tool of an MCP server. Absent where the counters name no tools. */
  readonly tools?: Readonly<Record<string, TimedBlock['questions']>>;
}

/**
 * A question to count: whether an answer was slower than a bound, or of a given kind. With neither, it is whether the
 * answer was bad.
 */
export interface Counted {
  readonly name: string;
  readonly slowerThanMs?: number;
  readonly kind?: AnswerKind;
}

export interface Arms {
  readonly candidate: ArmSeries;
  readonly stable: ArmSeries;
}

/** How far the counters of one proxy have been read. It is plain JSON, so that it can be stored. */
export interface Cursor {
  /** Time of the last scrape that was read, epoch ms. */
  readonly at: number;
  /** Series that vanished and have not come back. When they come back they do not begin at zero. */
  readonly gone: readonly string[];
}

/** By the proxy's name. */
export type Cursors = Readonly<Record<string, Cursor>>;

export interface BlockWindow {
  readonly from: number;
  readonly to: number;
  /** Proxies in this map are read from their cursor on. */
  readonly cursors?: Cursors;
  /** A last scrape that is incomplete, and at `to` not older than this, is left for the next call. */
  readonly settleMs?: number;
}

export interface Read {
  readonly blocks: readonly TimedBlock[];
  /** Epoch ms: the start of each interval between two scrapes that is no block. */
  readonly leftOut: readonly number[];
  readonly cursors: Cursors;
}

/**
 * The blocks of every replica in the window, in the order in which they ended, and how far each replica was read.
 *
 * Each counter is differenced separately, and both arms between the same two scrapes. An interval is left out for both
 * arms when a counter in it fell (a restart), vanished, came back or was not a number: a lower bound for one arm would
 * count against the other. A series that begins after its replica was first scraped began at zero.
 */
export function readBlocks(arms: Arms, questions: readonly Counted[], window: BlockWindow): Read {
  const series = [arms.candidate, arms.stable].flatMap(({ requests, buckets }) => [...requests, ...buckets]);
  const read = [...seriesByProxy(series)].map(([proxy, own]) =>
    blocksOfProxy(arms, questions, window, { proxy, own: new Set(own) }),
  );
  return {
    blocks: read.flatMap(({ blocks }) => blocks).sort((a, b) => a.to - b.to),
    leftOut: read.flatMap(({ leftOut }) => leftOut),
    cursors: Object.assign({}, window.cursors, ...read.map(({ cursors }) => cursors)) as Cursors,
  };
}

export function blocksOf(arms: Arms, questions: readonly Counted[], window: BlockWindow): readonly TimedBlock[] {
  return readBlocks(arms, questions, window).blocks;
}

function blocksOfProxy(
  arms: Arms,
  questions: readonly Counted[],
  { from, to, cursors = {}, settleMs = 0 }: BlockWindow,
  { proxy, own: series }: { proxy: string; own: ReadonlySet<Series> },
): Read {
  const { at: read, gone = [] } = cursors[proxy] ?? { at: -Infinity };
  const own = (all: readonly Series[]) => all.filter((one) => series.has(one));
  const times = scrapeTimes([...series], { from: Math.max(from, read), to });
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
  const columns = [...candidate.requests, ...candidate.buckets, ...stable.requests, ...stable.buckets];
  const { broken, goneAt } = breaks(columns, times.length, gone);
  const totals = totalsOfArms({ candidate, stable }, questions, times.length);
  const tools = toolArms({ candidate, stable }).map(
    ([tool, arms]) => [tool, totalsOfArms(arms, questions, times.length)] as const,
  );
  const end = lastWhole(times, broken, to - settleMs);
  const blocks = times.slice(1, end + 1).flatMap((until, index) => {
    if (broken[index]) return [];
    const called = tools.map(([tool, counted]) => [tool, countedAt(counted, index)] as const).filter(wasCalled);
    return [
      {
        from: times[index] as number,
        to: until,
        instance: proxy,
        questions: countedAt(totals, index),
        ...(called.length > 0 ? { tools: Object.fromEntries(called) } : {}),
      },
    ];
  });
  const at = times[end];
  const leftOut = times.slice(0, Math.max(0, end)).filter((_, index) => broken[index]);
  return { blocks, leftOut, cursors: at === undefined ? {} : { [proxy]: { at, gone: goneAt(end) } } };
}

type ArmTotals = readonly (readonly [question: string, candidate: Totals, stable: Totals])[];

function totalsOfArms({ candidate, stable }: AlignedArms, questions: readonly Counted[], scrapes: number): ArmTotals {
  return questions.map((question) => {
    // With a bound that one arm lacks, all of its answers would count as slow. Then nothing is counted for either arm.
    const counted = [candidate, stable].every((arm) => hasBound(arm, question));
    const of = (arm: AlignedArm) => totalsOf(counted ? arm : NOTHING, question, scrapes);
    return [question.name, of(candidate), of(stable)] as const;
  });
}

function countedAt(totals: ArmTotals, index: number): TimedBlock['questions'] {
  return Object.fromEntries(
    totals.map(([name, candidate, stable]) => [
      name,
      { candidate: increase(candidate, index), stable: increase(stable, index) },
    ]),
  );
}

function wasCalled([, questions]: readonly [string, TimedBlock['questions']]): boolean {
  return Object.values(questions).some(({ candidate, stable }) => candidate.requests + stable.requests > 0);
}

/** The counters of each tool that is named. */
function toolArms({ candidate, stable }: AlignedArms): readonly (readonly [string, AlignedArms])[] {
  const [ours, others] = [byTool(candidate), byTool(stable)];
  const names = new Set([...ours.keys(), ...others.keys()]);
  return [...names].map((tool) => [
    tool,
    { candidate: ours.get(tool) ?? NOTHING, stable: others.get(tool) ?? NOTHING },
  ]);
}

function byTool({ requests, buckets }: AlignedArm): ReadonlyMap<string, AlignedArm> {
  const toolOf = ({ labels }: Column): string => labels[TOOL_LABEL] ?? '';
  const [counted, timed] = [Map.groupBy(requests, toolOf), Map.groupBy(buckets, toolOf)];
  const named = [...counted].filter(([tool]) => tool !== '');
  return new Map(named.map(([tool, columns]) => [tool, { requests: columns, buckets: timed.get(tool) ?? [] }]));
}

/** The index of the last scrape that can be read. The samples of one scrape may arrive at different times. */
function lastWhole(times: readonly number[], broken: Uint8Array, settled: number): number {
  let last = times.length - 1;
  while (last > 0 && broken[last - 1] && (times[last] as number) > settled) last -= 1;
  return last;
}

interface AlignedArm {
  readonly requests: readonly Column[];
  readonly buckets: readonly Column[];
}

interface AlignedArms {
  readonly candidate: AlignedArm;
  readonly stable: AlignedArm;
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

function totalsOf({ requests, buckets }: AlignedArm, { slowerThanMs, kind = 'bad' }: Counted, scrapes: number): Totals {
  if (slowerThanMs === undefined)
    return {
      requests: sum(requests, scrapes),
      bad: sum(
        requests.filter(({ labels }) => answerKind(labels) === kind),
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

function increase({ requests, bad }: Totals, index: number): ArmBlock {
  const over = (totals: Float64Array) => (totals[index + 1] as number) - (totals[index] as number);
  return { requests: over(requests), bad: Math.max(0, over(bad)) };
}

/** The bucket bounds of a histogram in ms, ascending, without infinity. */
export function boundsMs(buckets: readonly Series[]): readonly number[] {
  const bounds = buckets.map(({ labels }) => Number(labels['le'])).filter(Number.isFinite);
  return [...new Set(bounds)].map((seconds) => Math.round(seconds * 1e6) / 1000).sort((a, b) => a - b);
}

/** The bounds that both versions have. While one of them has no histogram yet, those of the other. */
export function sharedBoundsMs({ candidate, stable }: Arms): readonly number[] {
  const [ours, others] = [boundsMs(candidate.buckets), boundsMs(stable.buckets)];
  if (candidate.buckets.length === 0 || stable.buckets.length === 0) return [...ours, ...others];
  return ours.filter((ms) => others.includes(ms));
}
