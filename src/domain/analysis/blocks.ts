import type { Block } from './block-test.ts';
import type { ArmSeries, Series } from './increase.ts';
import { isBadAnswer } from './bad-answer.ts';

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
 * The blocks of every replica in [from, to], in the order in which they ended. Each counter is differenced for itself and both arms between the
 * same two scrapes. An interval in which a counter fell (a restart) or vanished is left out for both arms: a lower bound for one of them would
 * speak against the other. A series that begins while its replica was scraped before began at zero.
 */
export function blocksOf(arms: Arms, questions: readonly Counted[], window: { readonly from: number; readonly to: number }): readonly TimedBlock[] {
  const series = [...arms.candidate.requests, ...arms.candidate.buckets, ...arms.stable.requests, ...arms.stable.buckets];
  const instances = [...new Set(series.map(instanceOf))];
  return instances.flatMap((instance) => blocksOfInstance(arms, questions, window, instance)).sort((a, b) => a.to - b.to);
}

const instanceOf = ({ labels }: Series): string => labels['instance'] ?? '';

function blocksOfInstance(arms: Arms, questions: readonly Counted[], { from, to }: { from: number; to: number }, instance: string): TimedBlock[] {
  const own = (all: readonly Series[]) => all.filter((one) => instanceOf(one) === instance).map(byTime);
  const counters = { candidate: { requests: own(arms.candidate.requests), buckets: own(arms.candidate.buckets) }, stable: { requests: own(arms.stable.requests), buckets: own(arms.stable.buckets) } };
  const everything = [...counters.candidate.requests, ...counters.candidate.buckets, ...counters.stable.requests, ...counters.stable.buckets];
  const scrapes = [...new Set(everything.flatMap(({ at }) => [...at.keys()]))].filter((time) => time >= from && time <= to).sort((a, b) => a - b);
  return scrapes.slice(1).flatMap((end, index) => {
    const start = scrapes[index] as number;
    if (everything.some((counter) => isBroken(counter, start, end))) return [];
    const block = (question: Counted): Block => ({ candidate: count(counters.candidate, question, start, end), stable: count(counters.stable, question, start, end) });
    return [{ from: start, to: end, instance, questions: Object.fromEntries(questions.map((question) => [question.name, block(question)])) }];
  });
}

interface Counter {
  readonly labels: Readonly<Record<string, string>>;
  readonly at: ReadonlyMap<number, number>;
}

function byTime({ labels, samples }: Series): Counter {
  return { labels, at: new Map(samples) };
}

function isBroken({ at }: Counter, start: number, end: number): boolean {
  const [before, after] = [at.get(start), at.get(end)];
  return before !== undefined && (after === undefined || after < before);
}

function count(arm: { requests: readonly Counter[]; buckets: readonly Counter[] }, { slowerThanMs }: Counted, start: number, end: number): Block['stable'] {
  const increase = (counters: readonly Counter[]) => counters.reduce((sum, { at }) => sum + (at.get(end) ?? 0) - (at.get(start) ?? 0), 0);
  if (slowerThanMs === undefined) return { requests: increase(arm.requests), bad: increase(arm.requests.filter(({ labels }) => isBadAnswer(labels))) };
  const all = increase(arm.buckets.filter(({ labels }) => labels['le'] === '+Inf'));
  const fast = increase(arm.buckets.filter(({ labels }) => Number(labels['le']) === slowerThanMs / 1000));
  return { requests: all, bad: Math.max(0, all - fast) };
}

/** The bucket bounds of a histogram, in ms, ascending, without infinity. */
export function boundsMs(buckets: readonly Series[]): readonly number[] {
  const bounds = buckets.map(({ labels }) => Number(labels['le'])).filter(Number.isFinite);
  return [...new Set(bounds)].map((seconds) => Math.round(seconds * 1e6) / 1000).sort((a, b) => a - b);
}
