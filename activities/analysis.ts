import { SluiceError } from '../src/domain/errors.ts';
import { countArms } from '../src/domain/analysis/increase.ts';
import { judgeLimits } from '../src/domain/analysis/limits.ts';
import { confirmShare } from '../src/domain/analysis/share.ts';
import { isOpen, type Verdict } from '../src/domain/analysis/verdict.ts';
import type { AnalysisSpec } from '../src/domain/release/plan.ts';
import type { Ports } from '../src/ports/index.ts';
import { waitFor } from './alive.ts';
import type { Scene } from './scene.ts';

/** What is judged: the requests since `from` (epoch ms), the moment the step's weight was proved. */
export interface Judgement {
  readonly scene: Scene;
  readonly limits: AnalysisSpec;
  readonly from: number;
  /** Weight, in percent, that no proxy API could prove: the counters must confirm it. */
  readonly unproved?: number;
}

/** Samples this long before `from` are fetched for the baseline: Prometheus' default look-back. */
const BASELINE_MS = 300_000;

export const analysisActivities = (ports: Ports) => ({
  /** One judgement, now. Prometheus away is no data, never a failure and never a pass. */
  async judge(input: Judgement): Promise<Verdict> {
    return judgeNow(ports, input);
  },

  /** Judges again and again until there is enough data to say pass or fail. The caller bounds it. */
  async awaitVerdict(input: Judgement): Promise<Verdict> {
    return waitFor(async () => {
      const verdict = await judgeNow(ports, input);
      return isOpen(verdict.outcome) ? undefined : verdict;
    });
  },
});

export async function judgeNow(ports: Ports, { scene, limits, from, unproved }: Judgement): Promise<Verdict> {
  const to = ports.now();
  const window = { fromMs: from - BASELINE_MS, toMs: to };
  try {
    const [candidate, stable] = await Promise.all([
      ports.metrics.counters(scene.plan.candidate.metricsService, window),
      ports.metrics.counters(scene.plan.stable.metricsService, window),
    ]);
    const verdict = judgeLimits(limits, { ...countArms({ candidate, stable }, from), from, to });
    return unproved === undefined ? verdict : confirmShare(verdict, unproved);
  } catch (error) {
    if (error instanceof SluiceError) return { outcome: 'no-data', reason: error.message, findings: [], from, to };
    throw error;
  }
}
