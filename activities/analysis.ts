import { SluiceError } from '../src/domain/errors.ts';
import { judgeLimits } from '../src/domain/analysis/limits.ts';
import { verdictOf } from '../src/domain/analysis/running-judge.ts';
import type { TrailPoint } from '../src/domain/analysis/trail.ts';
import { countsOf, totalsSince } from '../src/domain/analysis/totals.ts';
import { leftOutFinding, silenceFinding } from '../src/domain/analysis/freshness.ts';
import { unseenFinding } from '../src/domain/analysis/unseen.ts';
import { confirmShare } from '../src/domain/analysis/share.ts';
import { joinVerdicts } from '../src/domain/analysis/join-verdicts.ts';
import { isOpen, worst, type Finding, type Verdict } from '../src/domain/analysis/verdict.ts';
import type { AnalysisSpec } from '../src/domain/release/plan.ts';
import type { QueryRecord } from '../src/domain/release/record.ts';
import { chainOf } from '../src/domain/release/target.ts';
import type { Ports } from '../src/ports/index.ts';
import { waitFor } from './alive.ts';
import { ClockCheck } from './clock-check.ts';
import { EvidenceStore, type Checkpoints } from './evidence-store.ts';
import { counterRecords, unansweredCounters } from './counter-records.ts';
import { Measurements } from './measurements.ts';
import { healthFinding } from './health-check.ts';
import { judgeMetrics, type JudgedMetrics, type Moment } from './metrics.ts';
import { createRivals, type RivalsOf } from './rivals.ts';
import { checkShare } from './share-check.ts';
import type { Scene } from '../src/domain/release/scene.ts';

/** The input of a judgement: the requests since `from` (epoch ms), the time at which the step's weight was proved. */
export interface Judgement {
  readonly scene: Scene;
  readonly limits: AnalysisSpec;
  readonly from: number;
  /**
   * The time at which the first step's weight was proved. Evidence counts from then on. Absent in releases of older
   * versions.
   */
  readonly since?: number;
  /**
   * The time at which this step's weight was proved, if `from` is later. The times of the release file's metrics follow
   * from it.
   */
  readonly stepFrom?: number;
  /** Judges only the requests of the last `recentMs` milliseconds. If absent, all since `from`. */
  readonly recentMs?: number;
  /** Weight, in percent, that no proxy API could prove. The counters must confirm it. */
  readonly unproved?: number;
  /**
   * Index and weight (percent) of the step, for the record and for queries with these arguments. Absent in releases of
   * older versions.
   */
  readonly index?: number;
  readonly wanted?: number;
  /** The weight is being changed: no share of the requests is expected yet. */
  readonly inMotion?: true;
}

/** A verdict with its inputs, for the record. */
export interface Judged {
  readonly verdict: Verdict;
  readonly trail: readonly TrailPoint[];
  readonly queries: readonly QueryRecord[];
}

export const analysisActivities = (judge: Judge) => ({
  /** One judgement, now. An unreachable Prometheus is no data, never a failure and never a pass. */
  async judge(input: Judgement): Promise<Verdict> {
    return (await judge(input)).verdict;
  },

  /** Judges repeatedly until there is enough data to pass or fail. The caller limits its time. */
  async awaitVerdict(input: Judgement): Promise<Verdict> {
    return waitFor(async () => {
      const { verdict } = await judge(input);
      return isOpen(verdict.outcome) ? undefined : verdict;
    });
  },
});

/** The judgement with its window cut to the recent past. Metrics of the release file keep the times of the step. */
function recent(input: Judgement, now: number): Judgement {
  if (input.recentMs === undefined) return input;
  return { since: input.from, stepFrom: input.from, ...input, from: Math.max(input.from, now - input.recentMs) };
}

export type Judge = (input: Judgement) => Promise<Judged>;

/** The judge of a worker. It caches samples between judgements. */
export function createJudge(ports: Ports, checkpoints?: Checkpoints): Judge {
  const store = new EvidenceStore(ports.evidence, checkpoints);
  const measurements = new Measurements(ports.evidence);
  const clocks = new ClockCheck(ports.evidence);
  const rivals = createRivals(ports.split);
  const counted: Judge = async (given) => {
    const to = ports.now();
    const input = recent(given, to);
    try {
      const wrongClock = await clocks.problem(to);
      if (wrongClock !== undefined) return nothingSeen(input, to, wrongClock);
      if (input.scene.plan.controllerOnly) return await judgeAlone(measurements, input, to);
      const [compared, measured] = await Promise.all([
        judgeNow({ ports, store, rivals }, input, to),
        measureNow(measurements, input, to),
      ]);
      const { verdict, ...seen } = together(compared, measured);
      return { verdict: input.unproved === undefined ? verdict : confirmShare(verdict, input.unproved), ...seen };
    } catch (error) {
      if (error instanceof SluiceError) return nothingSeen(input, to, error.message);
      throw error;
    }
  };
  return async (given) => {
    const [judged, unhealthy] = await Promise.all([counted(given), healthFinding(ports.split, given.scene)]);
    if (!unhealthy) return judged;
    return { ...judged, verdict: joinVerdicts(judged.verdict, { outcome: 'fail', findings: [unhealthy] }) };
  };
}

function nothingSeen({ scene, from }: Judgement, to: number, reason: string): Judged {
  return {
    verdict: { outcome: 'no-data', reason, findings: [], from, to },
    trail: [],
    queries: scene.plan.controllerOnly ? [] : unansweredCounters(scene.plan, to, reason),
  };
}

/** Nothing is counted, so metrics of the release file alone judge. Its plan has required one. */
async function judgeAlone(measurements: Measurements, input: Judgement, to: number): Promise<Judged> {
  const { outcome, findings, queries } = await judgeMetrics(measurements, momentOf(input, to));
  const base = nothingSeen(input, to, 'nothing was measured');
  return { ...base, verdict: joinVerdicts(base.verdict, { outcome, findings }), queries };
}

/** Undefined if the release file has no metrics. */
async function measureNow(
  measurements: Measurements,
  input: Judgement,
  to: number,
): Promise<JudgedMetrics | undefined> {
  const { metrics } = input.limits;
  return metrics && metrics.length > 0 ? judgeMetrics(measurements, momentOf(input, to)) : undefined;
}

function momentOf({ scene, limits, from, stepFrom = from, wanted }: Judgement, to: number): Moment {
  return { limits, scene, stepFrom, to, ...(wanted === undefined ? {} : { weight: wanted }) };
}

/**
 * Answers that the counters cannot classify prevent a pass, unless a metric of the release file replaces the counters.
 */
function together({ unseen, ...counted }: Counted, measured: JudgedMetrics | undefined): Judged {
  const blind = measured?.outcome === undefined && unseen ? [unseen] : [];
  const more = [...(measured?.findings ?? []), ...blind];
  if (more.length === 0) return counted;
  const outcome = worst([...blind.map((one) => one.outcome), ...(measured?.outcome ? [measured.outcome] : [])]);
  return {
    ...counted,
    verdict: joinVerdicts(counted.verdict, { outcome, findings: more }),
    queries: [...counted.queries, ...(measured?.queries ?? [])],
  };
}

interface Sources {
  readonly ports: Ports;
  readonly store: EvidenceStore;
  readonly rivals: RivalsOf;
}

interface Counted extends Judged {
  readonly unseen: Finding | undefined;
}

async function judgeNow({ store, ...sources }: Sources, input: Judgement, to: number): Promise<Counted> {
  const { scene, limits, from, stepFrom = from, since = stepFrom, wanted } = input;
  const { sequential, warmUpMs = 0, minRequests } = limits;
  const { held, arms, trail } = await store.look(
    {
      runId: chainOf(scene.owner),
      services: { candidate: scene.plan.candidate.metricsService, stable: scene.plan.stable.metricsService },
      ...(sequential && { sequential }),
      since,
      warmUpMs,
      stepFrom,
      ...(wanted !== undefined && { weight: wanted }),
      ...(scene.plan.judgesTools && { byTool: true }),
    },
    to,
  );
  const { step, known } = held;
  const counts = countsOf(from > step.from ? totalsSince(held.bins, from) : step.totals);
  const fixed = judgeLimits(limits, { ...counts, from, to });
  const inStep = countsOf(step.totals).candidate.requests;
  const compared = sequential && held.judge && verdictOf(sequential, held.judge, { inStep, minRequests, known });
  const lost = sequential?.errorsMargin ?? USUAL_MARGIN;
  // After the release one Service has both versions in turn, so no share can be missing.
  const alone =
    scene.plan.dividesCallers === true || scene.plan.candidate.metricsService === scene.plan.stable.metricsService;
  const share =
    wanted === undefined || alone || input.inMotion
      ? undefined
      : await checkShare(sources, step.share, {
          scene,
          weight: wanted,
          lost,
          from: step.from,
          to,
          proxies: step.proxies,
        });
  const unread = [silenceFinding(held.cursors, held.intervalMs, to), leftOutFinding(step)];
  const open = [share, ...unread].flatMap((finding) => finding ?? []);
  const base = compared ? joinVerdicts(fixed, compared) : fixed;
  const verdict = open.length > 0 ? joinVerdicts(base, { outcome: 'no-data', findings: open }) : base;
  const warm = since + warmUpMs;
  return {
    verdict: sequential && warm > verdict.from ? { ...verdict, countedFrom: warm } : verdict,
    trail,
    queries: counterRecords(scene.plan, arms, to),
    unseen: unseenFinding(counts.candidate),
  };
}

/** The margin of errors if a release file names none. */
const USUAL_MARGIN = 0.01;
