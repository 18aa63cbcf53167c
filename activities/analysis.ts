import { SluiceError } from '../src/domain/errors.ts';
import { countArms } from '../src/domain/analysis/increase.ts';
import { judgeLimits } from '../src/domain/analysis/limits.ts';
import { judgeSequentially, type TrailPoint } from '../src/domain/analysis/sequential-judge.ts';
import { confirmShare } from '../src/domain/analysis/share.ts';
import { joinVerdicts } from '../src/domain/analysis/join-verdicts.ts';
import { isOpen, type Verdict } from '../src/domain/analysis/verdict.ts';
import type { AnalysisSpec, SequentialSettings } from '../src/domain/release/plan.ts';
import type { QueryRecord } from '../src/domain/release/record.ts';
import type { Ports } from '../src/ports/index.ts';
import { waitFor } from './alive.ts';
import { counterRecords, unansweredCounters } from './counter-records.ts';
import { Measurements } from './measurements.ts';
import { judgeMetrics, type JudgedMetrics } from './metrics.ts';
import { Samples } from './samples.ts';
import type { Scene } from './scene.ts';

/** What is judged: the requests since `from` (epoch ms), the moment the step's weight was proved. */
export interface Judgement {
  readonly scene: Scene;
  readonly limits: AnalysisSpec;
  readonly from: number;
  /**
   * The moment the first step's weight was proved: evidence counts from there. Absent in releases of older versions.
   */
  readonly since?: number;
  /**
   * The moment this step's weight was proved, where `from` is a later one: metrics of the release file are measured at
   * times that follow from it.
   */
  readonly stepFrom?: number;
  /** Weight, in percent, that no proxy API could prove: the counters must confirm it. */
  readonly unproved?: number;
  /**
   * Index and weight (percent) of the step, for the record and for queries that ask for it. Absent in releases of older
   * versions.
   */
  readonly index?: number;
  readonly wanted?: number;
}

/** A verdict with what it was computed from, for the record. */
export interface Judged {
  readonly verdict: Verdict;
  readonly trail: readonly TrailPoint[];
  readonly queries: readonly QueryRecord[];
}

/** Samples this long before `from` are fetched for the baseline: Prometheus' default look-back. */
const BASELINE_MS = 300_000;
/** Stable's own past, from which the sequential judge learns how errors clump and how slow answers are. */
const PAST_MS = 3_600_000;

export const analysisActivities = (judge: Judge) => ({
  /** One judgement, now. Prometheus away is no data, never a failure and never a pass. */
  async judge(input: Judgement): Promise<Verdict> {
    return (await judge(input)).verdict;
  },

  /** Judges again and again until there is enough data to say pass or fail. The caller bounds it. */
  async awaitVerdict(input: Judgement): Promise<Verdict> {
    return waitFor(async () => {
      const { verdict } = await judge(input);
      return isOpen(verdict.outcome) ? undefined : verdict;
    });
  },
});

export type Judge = (input: Judgement) => Promise<Judged>;

/** The judge of a worker; it remembers samples from one judgement to the next. */
export function createJudge(ports: Ports): Judge {
  const samples = new Samples(ports.evidence);
  const measurements = new Measurements(ports.evidence);
  return async (input) => {
    const to = ports.now();
    try {
      const [counted, measured] = await Promise.all([
        judgeNow(samples, input, to),
        measureNow(measurements, input, to),
      ]);
      const { verdict, ...seen } = together(counted, measured);
      return { verdict: input.unproved === undefined ? verdict : confirmShare(verdict, input.unproved), ...seen };
    } catch (error) {
      if (error instanceof SluiceError) return nothingSeen(input, to, error.message);
      throw error;
    }
  };
}

function nothingSeen({ scene, from }: Judgement, to: number, reason: string): Judged {
  return {
    verdict: { outcome: 'no-data', reason, findings: [], from, to },
    trail: [],
    queries: unansweredCounters(scene.plan, to, reason),
  };
}

/** Undefined where the release file has no metrics of its own. */
async function measureNow(
  measurements: Measurements,
  { scene, limits, from, stepFrom = from, wanted }: Judgement,
  to: number,
): Promise<JudgedMetrics | undefined> {
  return limits.metrics && limits.metrics.length > 0
    ? judgeMetrics(measurements, { limits, scene, stepFrom, to, ...(wanted === undefined ? {} : { weight: wanted }) })
    : undefined;
}

function together(counted: Judged, measured: JudgedMetrics | undefined): Judged {
  return measured
    ? {
        ...counted,
        verdict: joinVerdicts(counted.verdict, measured),
        queries: [...counted.queries, ...measured.queries],
      }
    : counted;
}

async function judgeNow(
  samples: Samples,
  { scene, limits, from, since = from }: Judgement,
  to: number,
): Promise<Judged> {
  const { sequential } = limits;
  const window = { fromMs: sequential ? since - PAST_MS : from - BASELINE_MS, toMs: to };
  const [candidate, stable] = await Promise.all([
    samples.counters(scene.plan.candidate.metricsService, window),
    samples.counters(scene.plan.stable.metricsService, window),
  ]);
  const fixed = judgeLimits(limits, { ...countArms({ candidate, stable }, from), from, to });
  const queries = counterRecords(scene.plan, { candidate, stable }, to);
  if (!sequential) return { verdict: fixed, trail: [], queries };
  const compared = judgeSequentially(
    { ...limits, sequential: sequential satisfies SequentialSettings },
    { arms: { candidate, stable }, since, from, to },
  );
  return { verdict: joinVerdicts(fixed, compared), trail: compared.trail, queries };
}
