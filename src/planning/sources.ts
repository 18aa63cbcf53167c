import { SluiceError } from '../domain/errors.ts';
import { sourceFacts } from '../domain/analysis/sources.ts';
import type { Trial, Tried } from '../domain/analysis/trial.ts';
import type { ReleaseSpec } from '../domain/release/plan.ts';
import type { Facts, SourcesFacts } from '../domain/release/preflight-facts.ts';
import { armsOf, trials } from '../domain/release/preflight-sources.ts';
import type { Ports } from '../ports/index.ts';

/** Length of the past that is read: Prometheus' look-back period. */
const WINDOW_MS = 300_000;

/** Sends every query of the release to Prometheus once. `metricsProblem`: why Prometheus cannot be queried. */
export async function readSources(
  ports: Ports,
  spec: ReleaseSpec,
  facts: Pick<Facts, 'rollout' | 'traffic' | 'templates' | 'matchers'>,
): Promise<Pick<Facts, 'metricsProblem' | 'sources'>> {
  try {
    const { aheadMs } = await ports.evidence.probe();
    const [counters, tried] = await Promise.all([
      readCounters(ports, facts),
      Promise.all(trials(spec, facts).map((trial) => tryQuery(ports, trial))),
    ]);
    return { sources: { tried, ...(aheadMs !== undefined && { aheadMs }), ...(counters && { counters }) } };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { metricsProblem: { detail: error.message, next: error.next } };
  }
}

async function readCounters(
  ports: Ports,
  facts: Pick<Facts, 'rollout' | 'traffic'>,
): Promise<SourcesFacts['counters']> {
  const arms = armsOf(facts);
  if (!arms || ports.split.controllerOnly) return undefined;
  const toMs = ports.now();
  const read = async (service: string) =>
    sourceFacts(await ports.evidence.counters(service, { fromMs: toMs - WINDOW_MS, toMs }), toMs, WINDOW_MS);
  const [stable, candidate] = await Promise.all([
    read(arms.stable.metricsService),
    read(arms.candidate.metricsService),
  ]);
  return { stable, candidate };
}

/**
 * A wrong query is a finding. If Prometheus becomes unreachable meanwhile, it is reported once and not for every query.
 */
async function tryQuery({ evidence: metrics, now }: Ports, trial: Trial): Promise<Tried> {
  try {
    return { ...trial, answer: await metrics.query(trial.promql, now()) };
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'QUERY_FAILED')
      return { ...trial, problem: error.message, next: error.next };
    throw error;
  }
}
