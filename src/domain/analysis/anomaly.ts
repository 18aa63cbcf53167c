import type { Blocks } from './anomaly-blocks.ts';
import { dispersion, effective, fisherGreater, holm } from './anomaly-test.ts';
import type { Counts } from './anomaly-test.ts';
import { shareInterval } from './share.ts';
import type { ArmCounts } from './verdict.ts';

export const SIGNALS = ['errors', 'latency', 'traffic-share'] as const;
export type Signal = (typeof SIGNALS)[number];
export type State = 'normal' | 'anomalous' | 'too-little-data';

/** Chance of any false alarm in one call, over all services and signals. */
export const ALPHA = 0.01;
/** A difference of shares below these values is never called anomalous, even when it is significant. */
export const MIN_EFFECT: Readonly<Record<Signal, number>> = { errors: 0.005, latency: 0.02, 'traffic-share': 0.05 };
/**
 * Minimum amounts of data: requests now, requests in the past, blocks of the past. `effective`: the requests after the
 * correction for clumps that are needed to call a service normal.
 */
export const MIN_DATA = { now: 30, past: 100, blocks: 8, effective: 20 } as const;

/** One service of a weighted route. */
export interface ServiceBlocks {
  readonly route: string;
  readonly service: string;
  /** The share that the current weights give it, 0…1. */
  readonly weightShare: number;
  readonly blocks: Blocks;
}

export interface Anomaly {
  readonly route: string;
  readonly service: string;
  readonly signal: Signal;
  readonly state: State;
  /** Adjusted by Holm's method. Absent when there was too little data. */
  readonly p?: number;
  readonly shareNow: number;
  readonly sharePast: number;
  readonly requestsNow: number;
  readonly requestsPast: number;
  /** Dispersion of the past. The value 1 is what chance alone gives. */
  readonly dispersion: number;
  /** For latency: answers slower than this count. Seconds. */
  readonly bound?: number;
  readonly why: string;
}

interface Question {
  readonly of: ServiceBlocks;
  readonly signal: Signal;
  readonly now: Counts;
  readonly past: readonly Counts[];
  readonly bound?: number;
}

/**
 * Compares the window with the past before it, for each service.
 *
 * Errors and slow answers: the test asks whether their share is greater now. Traffic: the test asks whether the
 * service's share of its route changed, unless the weights explain the new share. Each test is Fisher's exact test on
 * counts that are divided by the dispersion of the past. Holm's correction covers all tests. The function assumes that
 * the past was normal operation.
 */
export function detectAnomalies(services: readonly ServiceBlocks[]): readonly Anomaly[] {
  const questions = services.flatMap((one) =>
    questionsOf(
      one,
      services.filter(({ route }) => route === one.route),
    ),
  );
  const tested = questions.map((question) => ({ question, ...judge(question) }));
  const adjusted = holm(tested.flatMap(({ p }) => (p === undefined ? [] : [p])));
  let next = 0;
  return tested.map(({ question, phi, p, lack }) =>
    conclude(question, phi, p === undefined ? undefined : adjusted[next++], lack),
  );
}

function questionsOf(of: ServiceBlocks, route: readonly ServiceBlocks[]): Question[] {
  const { past, now } = of.blocks;
  const bound = latencyBound(past);
  const slow = (block: ArmCounts): Counts => slower(block, bound ?? Infinity);
  const errors = (block: ArmCounts): Counts => ({
    total: block.requests,
    hits: Math.min(block.errors, block.requests),
  });
  const questions: Question[] = [
    { of, signal: 'errors', now: sum(now.map(errors)), past: past.map(errors) },
    { of, signal: 'latency', now: sum(now.map(slow)), past: past.map(slow), ...(bound !== undefined && { bound }) },
  ];
  if (route.length < 2) return questions;
  return [
    ...questions,
    { of, signal: 'traffic-share', now: sum(sharesOf(of, route, 'now')), past: sharesOf(of, route, 'past') },
  ];
}

/**
 * Blocks are indexed backwards from the window, so that blocks of services with histories of different length match.
 */
function sharesOf(of: ServiceBlocks, route: readonly ServiceBlocks[], which: 'past' | 'now'): Counts[] {
  const length = Math.max(...route.map(({ blocks }) => blocks[which].length));
  const at = ({ blocks }: ServiceBlocks, back: number) => blocks[which].at(-1 - back)?.requests ?? 0;
  return Array.from({ length }, (_, back) => ({
    total: route.reduce((total, one) => total + at(one, back), 0),
    hits: at(of, back),
  }));
}

/**
 * The smallest bound that 95 % of the past's answers did not exceed, otherwise the greatest bound. It is chosen from
 * the past alone, so the test stays valid.
 */
function latencyBound(past: readonly ArmCounts[]): number | undefined {
  const bounds = new Map<number, number>();
  for (const { buckets } of past) for (const { le, count } of buckets) bounds.set(le, (bounds.get(le) ?? 0) + count);
  const sorted = [...bounds].sort(([a], [b]) => a - b);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (total <= 0) return undefined;
  const finite = sorted.filter(([le]) => Number.isFinite(le));
  return (finite.find(([, count]) => count >= 0.95 * total) ?? finite.at(-1))?.[0];
}

function slower({ buckets }: ArmCounts, bound: number): Counts {
  const total = buckets.at(-1)?.count ?? 0;
  return { total, hits: Math.max(0, total - (buckets.find(({ le }) => le === bound)?.count ?? total)) };
}

function sum(counts: readonly Counts[]): Counts {
  return {
    total: counts.reduce((all, { total }) => all + total, 0),
    hits: counts.reduce((all, { hits }) => all + hits, 0),
  };
}

function judge({ signal, now, past, bound }: Question): { phi: number; p?: number; lack?: string } {
  const before = sum(past);
  const phi = dispersion(past);
  const lack =
    lacking(now, before, past) ??
    (signal === 'latency' && bound === undefined ? 'there is no latency histogram' : undefined);
  if (lack !== undefined) return { phi, lack };
  const [a, b] = [effective(now, phi), effective(before, phi)];
  const p =
    signal === 'traffic-share'
      ? Math.min(1, 2 * Math.min(fisherGreater(a, b), fisherGreater(b, a)))
      : fisherGreater(a, b);
  const worth = Math.min(a.total, b.total);
  // Few requests can prove a great difference, but they cannot prove that there is none.
  return {
    phi,
    p,
    ...(worth < MIN_DATA.effective && {
      lack: `the past varies ${phi.toFixed(1)} times more than chance, so these requests count as ${worth}, and ${MIN_DATA.effective} are needed`,
    }),
  };
}

function lacking(now: Counts, before: Counts, past: readonly Counts[]): string | undefined {
  const filled = past.filter(({ total }) => total > 0).length;
  if (now.total < MIN_DATA.now) return `${count(now.total)} requests in the window, ${MIN_DATA.now} are needed`;
  if (before.total < MIN_DATA.past) return `${count(before.total)} requests before it, ${MIN_DATA.past} are needed`;
  if (filled < MIN_DATA.blocks)
    return `the past has ${filled} blocks of time, ${MIN_DATA.blocks} are needed to estimate how much it varies`;
  return undefined;
}

function conclude(question: Question, phi: number, p: number | undefined, lack: string | undefined): Anomaly {
  const { of, signal, now, past, bound } = question;
  const before = sum(past);
  const shareNow = share(now);
  const sharePast = share(before);
  const base = {
    route: of.route,
    service: of.service,
    signal,
    shareNow,
    sharePast,
    requestsNow: Math.round(now.total),
    requestsPast: Math.round(before.total),
    dispersion: phi,
    ...(bound !== undefined && { bound }),
  };
  if (p === undefined || (p > ALPHA && lack !== undefined))
    return { ...base, state: 'too-little-data', why: `${what(question)}: too little data; ${lack ?? ''}` };
  const rise = signal === 'traffic-share' ? Math.abs(shareNow - sharePast) : shareNow - sharePast;
  const figures = `${what(question)}: ${percent(shareNow)} of ${count(now.total)} requests now, ${percent(sharePast)} of ${count(before.total)} before (p ${pText(p)}${phi > 1.05 ? `, corrected for clumps of ${phi.toFixed(1)}` : ''})`;
  if (p > ALPHA) return { ...base, p, state: 'normal', why: `${figures}: no more than chance explains` };
  if (rise < MIN_EFFECT[signal])
    return {
      ...base,
      p,
      state: 'normal',
      why: `${figures}: a significant difference, but smaller than ${percent(MIN_EFFECT[signal])}`,
    };
  if (signal === 'traffic-share' && asWeighted(now, of.weightShare))
    return {
      ...base,
      p,
      state: 'normal',
      why: `${figures}: it has changed to the share that the weights give it, ${percent(of.weightShare)}`,
    };
  return {
    ...base,
    p,
    state: 'anomalous',
    why: `${figures}: ${signal === 'traffic-share' ? `the share differs from before, and from that of the weights, ${percent(of.weightShare)}` : 'more than chance explains'}`,
  };
}

/** Weights may have changed within the window. A share that the current weights explain is not an anomaly. */
function asWeighted(now: Counts, weightShare: number): boolean {
  const [low, high] = shareInterval(now.hits, now.total);
  return weightShare >= low - 0.02 && weightShare <= high + 0.02;
}

function what({ of, signal, bound }: Question): string {
  if (signal === 'errors') return `5xx answers of ${of.service}`;
  return signal === 'latency'
    ? `answers of ${of.service} slower than ${bound === undefined ? 'a bound' : `${bound * 1000} ms`}`
    : `share of ${of.service} in ${of.route}`;
}

const share = ({ total, hits }: Counts) => (total > 0 ? hits / total : 0);
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const count = (value: number) => String(Math.round(value));
const pText = (p: number) => (p < 0.0001 ? '< 0.0001' : p.toFixed(4));
