import { boundsMs, readBlocks } from '../domain/analysis/blocks.ts';
import { outlookOf, type Outlook } from '../domain/analysis/outlook/outlook.ts';
import { trafficOf } from '../domain/analysis/outlook/traffic.ts';
import { sourceFacts } from '../domain/analysis/sources.ts';
import { countedOf } from '../domain/analysis/totals.ts';
import { SluiceError } from '../domain/errors.ts';
import type { ReleasePlan, ReleaseSpec } from '../domain/release/plan.ts';
import type { Ports } from '../ports/index.ts';

/** The current rate is that of the last five minutes. */
const RECENT_MS = 300_000;
/** The judge reads the past hour. With short scrape intervals a plan reads only this number of scrapes. */
const MAX_PAST_MS = 3_600_000;
const MAX_SCRAPES = 1_000;

/**
 * How the release would be judged at the current traffic. Undefined if Prometheus does not answer, or if the past of
 * the counters is not known. Changes nothing.
 */
export async function readOutlook(
  ports: Pick<Ports, 'evidence' | 'now'>,
  { analysis }: Pick<ReleaseSpec, 'analysis'>,
  { steps, stable, candidate, controllerOnly }: Pick<ReleasePlan, 'steps' | 'stable' | 'candidate' | 'controllerOnly'>,
): Promise<Outlook | undefined> {
  if (ports.evidence.withoutPast || controllerOnly) return undefined;
  const to = ports.now();
  const read = async (ms: number) => {
    const window = { fromMs: to - ms, toMs: to };
    const [ofCandidate, ofStable] = await Promise.all([
      ports.evidence.counters(candidate.metricsService, window),
      ports.evidence.counters(stable.metricsService, window),
    ]);
    return { candidate: ofCandidate, stable: ofStable };
  };
  try {
    const recent = await read(RECENT_MS);
    const { intervalMs } = sourceFacts(recent.stable, to, RECENT_MS);
    const pastMs = Math.min(MAX_PAST_MS, MAX_SCRAPES * (intervalMs ?? Infinity));
    const arms = pastMs > RECENT_MS ? await read(pastMs) : recent;
    const known = boundsMs(arms.stable.buckets);
    const { blocks } = readBlocks(arms, countedOf(known), { from: to - pastMs, to });
    return outlookOf(analysis, steps, trafficOf(blocks, known, { to, recentMs: RECENT_MS }), to);
  } catch (error) {
    if (error instanceof SluiceError) return undefined;
    throw error;
  }
}
