import type { AnalysisSpec } from '../release/plan.ts';
import { fillArguments, queriesOf, type ArgumentValues } from './query-arguments.ts';
import { seriesProblem, type Answer } from './series-problem.ts';
import type { ResolvedTemplate } from './template/resolved.ts';

/** A query that will judge a release. It is tried before the release starts. */
export interface Trial {
  /** Name of the metric, with its arm when each arm has a query. */
  readonly name: string;
  readonly promql: string;
  /** Path in the release file: `analysis.metrics[2].query`. */
  readonly where: string;
  /** `one`: a finite number is needed. `any`: conditions of a template evaluate any result. */
  readonly needs: 'one' | 'any';
}

/** A query with its result, or with the reason why it had none. */
export type Tried = Trial & ({ readonly answer: Answer } | { readonly problem: string; readonly next: string });

/** Placeholder for the hash of pods that do not exist yet. */
export const NO_HASH_YET = 'not-known-yet';

/**
 * Every query of the release file and of the templates that it names. Traefik's counters are checked elsewhere
 * (sources.ts).
 */
export function trialsOf(
  metrics: NonNullable<AnalysisSpec['metrics']>,
  templates: readonly ResolvedTemplate[],
  values: ArgumentValues,
): readonly Trial[] {
  const own = metrics.flatMap((metric, index) => {
    if (metric.kind === 'template') return [];
    return queriesOf(metric, values).map(({ arm, promql, field }) => ({
      name: arm ? `${metric.name} ${arm}` : metric.name,
      promql,
      where: `analysis.metrics[${index}].${field}`,
      needs: 'one' as const,
    }));
  });
  const argos = templates.flatMap(({ name, template, metrics: parts }) =>
    parts.map((part) => ({
      name: `${name} ${part.name}`,
      promql: fillArguments(part.query, values),
      where: `metric ${part.name} of template ${template}`,
      needs: 'any' as const,
    })),
  );
  return [...own, ...argos];
}

export interface Finding {
  readonly state: 'good' | 'warning' | 'bad';
  readonly detail: string;
  readonly next?: string;
}

const WITHOUT_TRAFFIC =
  'Divide by something that is left out while it is zero, as in a / (b > 0): then there is no data without traffic, which is a state of its own.';

/** Whether the query can judge a release. Missing data may appear with the candidate. A wrong query stays wrong. */
export function findingOf(tried: Tried): Finding {
  const { where } = tried;
  if ('problem' in tried) return { state: 'bad', detail: `${where}: ${tried.problem}`, next: tried.next };
  const found = seriesProblem(tried.answer);
  if (found?.kind === 'empty')
    return {
      state: 'warning',
      detail: `${where}: ${found.reason} now`,
      next: 'That is right for a version without traffic yet. If it stays so, the release holds: try the query in Prometheus.',
    };
  if (found && tried.needs === 'one')
    return {
      state: 'bad',
      detail: `${where}: ${found.reason}`,
      next: found.kind === 'several' ? 'Write a query that gives exactly one series.' : WITHOUT_TRAFFIC,
    };
  return {
    state: 'good',
    detail: `${where}: now ${tried.answer
      .map(({ value }) => shown(value))
      .slice(0, 5)
      .join(', ')}${tried.answer.length > 5 ? ', …' : ''}`,
  };
}

function shown(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}
