import { COUNTER_SELECTORS, type ServiceLabel } from '../src/domain/analysis/counter-selectors.ts';
import type { QueryRecord } from '../src/domain/release/record.ts';
import type { ReleasePlan } from '../src/domain/release/plan.ts';
import type { CounterSeries, ServiceCounters } from '../src/ports/evidence.ts';

export type ArmCounters = Readonly<Record<'candidate' | 'stable', ServiceCounters>>;

/** The queries of the counters and their results. `at` of an empty result is the time of the query. */
export function counterRecords(
  plan: Pick<ReleasePlan, 'candidate' | 'stable' | 'matchers'>,
  counters: ArmCounters,
  to: number,
): readonly QueryRecord[] {
  const arms = [counters.candidate, counters.stable].flatMap(({ requests, buckets }) => [...requests, ...buckets]);
  const renamed = arms.some(({ labels }) => labels['exported_service'] !== undefined);
  const ask: Ask = (arm, name, promql) => {
    const series = name === 'requests' ? counters[arm].requests : counters[arm].buckets;
    return { name, arm, promql, ...newest(series, to) };
  };
  return eachCounter(plan, ask, renamed ? 'exported_service' : 'service');
}

/** The same queries without a result. */
export function unansweredCounters(
  plan: Pick<ReleasePlan, 'candidate' | 'stable' | 'matchers'>,
  to: number,
  error: string,
): readonly QueryRecord[] {
  return eachCounter(plan, (arm, name, promql) => ({ name, arm, promql, at: to, values: [], error }));
}

type Ask = (arm: 'candidate' | 'stable', name: 'requests' | 'durations', promql: string) => QueryRecord;

function eachCounter(
  plan: Pick<ReleasePlan, 'candidate' | 'stable' | 'matchers'>,
  ask: Ask,
  label: ServiceLabel = 'service',
): readonly QueryRecord[] {
  const arms = ['candidate', 'stable'] as const;
  return arms.flatMap((arm) =>
    (['requests', 'durations'] as const).map((name) =>
      ask(
        arm,
        name,
        plan[arm].counters?.[name] ?? COUNTER_SELECTORS[name](plan[arm].metricsService, label, plan.matchers),
      ),
    ),
  );
}

function newest(series: readonly CounterSeries[], to: number): Pick<QueryRecord, 'at' | 'values'> {
  const lasts = series.flatMap(({ labels, samples }) => {
    const last = samples.at(-1);
    return last ? [{ labels, at: last[0], value: last[1] }] : [];
  });
  const at = lasts.reduce((latest, one) => Math.max(latest, one.at), Number.NEGATIVE_INFINITY);
  return { at: Number.isFinite(at) ? at : to, values: lasts.map(({ labels, value }) => ({ labels, value })) };
}
