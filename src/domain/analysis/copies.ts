import type { AnalysisSpec, CopySpec, SequentialSettings } from '../release/plan.ts';
import { blocksOf, sharedBoundsMs, type Arms, type TimedBlock } from './blocks.ts';
import { joinVerdicts } from './join-verdicts.ts';
import { judgeLimits } from './limits.ts';
import { addBlocks, startJudge, verdictOf } from './running-judge.ts';
import type { ArmSeries, Series } from './series.ts';
import { addToStep, countedOf, countsOf, newStep } from './totals.ts';
import type { Finding, Verdict } from './verdict.ts';

/** The safe methods (RFC 9110, 9.2.1) that are copied. */
const READS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** The requests that only read, by the label `method` of Traefik's counters. */
export function onlyReads({ requests, buckets }: ArmSeries): ArmSeries {
  const reads = (all: readonly Series[]) => all.filter(({ labels }) => READS.includes(labels['method'] ?? ''));
  return { requests: reads(requests), buckets: reads(buckets) };
}

/** Stable's own past, epoch ms: reads of both arms before the first copy. */
export interface Past {
  readonly blocks: readonly TimedBlock[];
  readonly known: readonly number[];
}

/** Prometheus' default look-back. */
export const BASELINE_MS = 300_000;
/** The samples of one scrape may arrive at different times. */
const SETTLE_MS = 10_000;

/** What is known of both arms before `to`. `arms`: reads only. */
export function pastOf(arms: Arms, { from, to }: { readonly from: number; readonly to: number }): Past {
  const known = sharedBoundsMs(arms);
  return { blocks: blocksOf(arms, countedOf(known), { from, to }), known };
}

/**
 * Judges the copies since `from` (epoch ms) against the reads of stable in the same time: by the limits and the
 * comparison of the release, and by their number. `arms`: reads only.
 */
export function judgeCopies(
  { percent, limits }: Pick<CopySpec, 'percent'> & { readonly limits: AnalysisSpec },
  arms: Arms,
  past: Past,
  { from, to }: { readonly from: number; readonly to: number },
): Verdict {
  const seen = sharedBoundsMs(arms);
  const known = seen.length > 0 ? seen : past.known;
  // Samples from before the first copy show which counters were there already.
  const window = { from: from - BASELINE_MS, to, settleMs: SETTLE_MS };
  const blocks = blocksOf(arms, countedOf(known), window).filter((block) => block.from >= from);
  const counts = countsOf(blocks.reduce(addToStep, newStep(from)).totals);
  const fixed = judgeLimits(limits, { ...counts, from, to });
  const { sequential, minRequests } = limits;
  const inStep = counts.candidate.requests;
  const compared = sequential && comparedBy(sequential, { past, known, blocks, from }, { inStep, minRequests, known });
  const number = answered(percent, inStep, counts.stable.requests, to - from >= limits.soakMs);
  return joinVerdicts(compared ? joinVerdicts(fixed, compared) : fixed, {
    outcome: number.outcome,
    findings: [number],
  });
}

function comparedBy(
  settings: SequentialSettings,
  { past, known, blocks, from }: { past: Past; known: readonly number[]; blocks: readonly TimedBlock[]; from: number },
  traffic: Parameters<typeof verdictOf>[2],
): ReturnType<typeof verdictOf> {
  const began = startJudge(settings, past.blocks, known, from);
  return verdictOf(settings, addBlocks(settings, began, blocks, { from }).state, traffic);
}

/** Below this part of the expected number, copies are missing. */
const LEAST_PART = 0.5;
/** With fewer expected copies a small number may be chance. */
const ENOUGH_COPIES = 20;

/**
 * Traefik counts a copy when it is answered, and counts nothing for one that is not (tried). So a version that does not
 * answer shows by the number of its copies alone. More copies than the share are usual: each reload of the proxy begins
 * the share anew.
 */
function answered(percent: number, copies: number, reads: number, isOver: boolean): Finding {
  const expected = (reads * percent) / 100;
  const least = expected * LEAST_PART;
  const base = { metric: 'answered-copies', measured: copies, limit: least } as const;
  const text = `${Math.round(copies)} answered copies of ${Math.round(reads)} reads, about ${Math.round(expected)} expected`;
  if (copies > 0 && copies >= least) return { ...base, outcome: 'pass', reason: text };
  if (isOver && expected >= ENOUGH_COPIES)
    return {
      ...base,
      outcome: 'fail',
      reason: `${text}: the new version does not answer the others, or other routes lead to the stable Service`,
    };
  return { ...base, outcome: copies > 0 ? 'too-little-traffic' : 'no-data', reason: text };
}
