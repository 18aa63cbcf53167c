import { answerKind } from './bad-answer.ts';
import { GRPC_BLIND, GRPC_NEXT, MAX_UNKNOWN } from './unseen.ts';
import type { AnalysisSpec } from '../release/plan.ts';
import type { ArmSeries, Series } from './series.ts';
import type { Finding } from './trial.ts';

/** The data that Prometheus has of one arm's counters in Traefik over `windowMs` up to `at`. */
export interface SourceFacts {
  readonly windowMs: number;
  /** Sum of the newest raw values. */
  readonly requests: number;
  readonly series: number;
  /** Share of the requests whose outcome the proxy does not read (gRPC), 0…1. */
  readonly unknown: number;
  /** Upper bounds of the latency buckets, milliseconds, ascending, without infinity. */
  readonly boundsMs: readonly number[];
  /** Median of the times between two samples of a series. Absent if no series has two samples. */
  readonly intervalMs?: number;
  /** Age of the newest sample. Absent if there is none. */
  readonly ageMs?: number;
}

export function sourceFacts({ requests, buckets }: ArmSeries, at: number, windowMs: number): SourceFacts {
  const filled = requests.filter(({ samples }) => samples.length > 0);
  const gaps = filled
    .flatMap(({ samples }) => samples.slice(1).map(([time], index) => time - (samples[index]?.[0] ?? time)))
    .sort((a, b) => a - b);
  const newest = Math.max(...filled.map(({ samples }) => samples.at(-1)?.[0] ?? -Infinity));
  const interval = gaps[Math.floor(gaps.length / 2)];
  return {
    windowMs,
    requests: filled.reduce((sum, { samples }) => sum + (samples.at(-1)?.[1] ?? 0), 0),
    series: filled.length,
    unknown: unknownOf(filled),
    boundsMs: boundsOf(buckets),
    ...(interval !== undefined && { intervalMs: interval }),
    ...(Number.isFinite(newest) && { ageMs: at - newest }),
  };
}

function unknownOf(series: readonly Series[]): number {
  const newest = ({ samples }: Series) => samples.at(-1)?.[1] ?? 0;
  const sum = (of: readonly Series[]) => of.reduce((total, one) => total + newest(one), 0);
  return sum(series.filter(({ labels }) => answerKind(labels) === 'unknown')) / Math.max(1, sum(series));
}

function boundsOf(buckets: readonly Series[]): number[] {
  const bounds = new Set(buckets.map(({ labels }) => Number(labels['le']) * 1000).filter(Number.isFinite));
  return [...bounds].map((ms) => Number(ms.toPrecision(12))).sort((a, b) => a - b);
}

const COUNTED =
  'Send requests to stable, or check that Prometheus scrapes Traefik and that metrics.prometheus.addServicesLabels is on there.';

/** Finding on Traefik's counters of requests. The candidate has none before its first request. */
export function requestsFinding(stable: SourceFacts, candidate: SourceFacts): Finding {
  const countOf = ({ series, requests }: SourceFacts) =>
    series === 0 ? 'none yet' : `${Math.round(requests)} in ${series} series`;
  const detail = `requests counted by Traefik: stable ${countOf(stable)}, new version ${countOf(candidate)}`;
  return stable.series === 0 ? { state: 'warning', detail, next: COUNTED } : { state: 'good', detail };
}

/** Finding on gRPC answers: what the counters cannot show, and what can replace it. Absent where there are none. */
export function unknownFinding({ unknown }: SourceFacts, analysis: AnalysisSpec): Finding | undefined {
  if (unknown <= MAX_UNKNOWN) return undefined;
  const detail = `${Math.round(100 * unknown)} % of stable's requests are gRPC calls with an unknown outcome: ${GRPC_BLIND}`;
  const { minSuccessRatio, metrics = [] } = analysis;
  if (minSuccessRatio !== undefined && unknown > 1 - minSuccessRatio)
    return {
      state: 'bad',
      detail: `${detail}; analysis.success_ratio cannot be measured`,
      next: `Use judge: sequential without success_ratio. ${GRPC_NEXT}`,
    };
  if (metrics.length > 0) return { state: 'good', detail: `${detail}; the metrics of the release file replace it` };
  return { state: 'warning', detail, next: `${GRPC_NEXT} Without such a metric no step passes without a person.` };
}

/** Finding on the latency buckets: whether they have every bound that the release names. */
export function durationsFinding({ boundsMs, series }: SourceFacts, analysis: AnalysisSpec): Finding {
  if (boundsMs.length === 0)
    return {
      state: series > 0 && asksLatency(analysis) ? 'warning' : 'good',
      detail: 'Traefik has no latency histogram of stable yet',
      ...(series > 0 && asksLatency(analysis) && { next: COUNTED }),
    };
  const detail = `latency buckets of Traefik: ${boundsMs.join(', ')} ms`;
  const foreign = (analysis.sequential?.slowerThanMs ?? [])
    .map((ms, index) => ({ ms, index }))
    .filter(({ ms }) => !boundsMs.includes(ms));
  if (foreign.length > 0)
    return {
      state: 'bad',
      detail: `${foreign.map(({ ms, index }) => `analysis.slower_than_ms[${index}]: ${ms} ms is not one of these bounds`).join('; ')}; ${detail}`,
      next: 'Use bounds of Traefik, or omit slower_than_ms.',
    };
  const inside = limitsOf(analysis).filter(({ ms }) => !boundsMs.includes(ms));
  if (inside.length > 0)
    return {
      state: 'warning',
      detail: `${inside.map(({ name, ms }) => `analysis.${name}: ${ms} ms is inside a bucket`).join('; ')}; ${detail}`,
      next: 'A percentile in that bucket cannot be decided. Use one of the bounds as the limit.',
    };
  return { state: 'good', detail };
}

const asksLatency = (analysis: AnalysisSpec): boolean =>
  limitsOf(analysis).length > 0 || analysis.sequential !== undefined;

function limitsOf({
  maxP95Ms,
  maxQuantileMs = {},
}: AnalysisSpec): readonly { readonly name: string; readonly ms: number }[] {
  return Object.entries({ ...maxQuantileMs, ...(maxP95Ms !== undefined && { 95: maxP95Ms }) }).map(([q, ms]) => ({
    name: `p${q}_ms`,
    ms,
  }));
}

const LATE_SCRAPES = 3;
const LATE_MS = 5_000;

/** Finding on how often and how recently Traefik was scraped, compared with the time before a step is judged. */
export function scrapesFinding(
  { intervalMs, ageMs, windowMs, series }: SourceFacts,
  { soakMs }: Pick<AnalysisSpec, 'soakMs'>,
): Finding | undefined {
  if (series === 0 || ageMs === undefined) return undefined;
  if (intervalMs === undefined)
    return {
      state: 'warning',
      detail: `Prometheus has one sample of stable in ${seconds(windowMs)}`,
      next: coarse(windowMs),
    };
  const detail = `Traefik is scraped every ${seconds(intervalMs)}, last ${seconds(Math.max(0, ageMs))} ago`;
  if (ageMs > LATE_SCRAPES * intervalMs + LATE_MS)
    return {
      state: 'warning',
      detail,
      next: 'Prometheus does not scrape Traefik now, or its samples arrive late: releases hold until there are new ones.',
    };
  if (intervalMs > soakMs / 2)
    return {
      state: 'warning',
      detail: `${detail}; a step is judged after ${seconds(soakMs)}, with fewer than two samples of its own`,
      next: coarse(intervalMs),
    };
  return { state: 'good', detail };
}

const coarse = (intervalMs: number): string =>
  `Scrape Traefik more often, or raise analysis.soak to at least ${Math.ceil((2 * intervalMs) / 1000)}s; a step is held until it has a sample.`;

/** With a greater clock difference samples would be counted for the wrong step. */
const MAX_SKEW_MS = 5_000;

/** `aheadMs`: how far Prometheus' clock is ahead of this one, accurate to about a second. */
export function clockFinding(aheadMs: number): Finding {
  const detail = `Prometheus' clock is ${Math.abs(aheadMs) <= 1_500 ? 'in agreement with the clock of this machine' : `${seconds(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's`}`;
  if (Math.abs(aheadMs) <= MAX_SKEW_MS) return { state: 'good', detail };
  return {
    state: 'bad',
    detail: `${detail}: samples would be counted for the wrong step`,
    next: 'Set both clocks by NTP. The clock of the worker is the one that matters.',
  };
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toPrecision(ms < 10_000 ? 2 : 4))} s`;
}
