import { matcherText } from './counter-selectors.ts';
import { isService } from '../route/arm-names.ts';
import type { Arm, ReleasePlan } from '../release/plan.ts';
import type { Target } from '../release/target.ts';
import type { QueryMetric } from './metric-spec.ts';

/** The meaning of `{{args.<name>}}` in the queries of a release file. */
export const QUERY_ARGUMENTS = {
  namespace: 'namespace of the Rollout',
  rollout: 'name of the Rollout',
  candidate_service: 'Kubernetes Service of the new version',
  stable_service: 'Kubernetes Service of the stable version',
  candidate_traefik: 'label `service` of the new version in the metrics of Traefik',
  stable_traefik: 'label `service` of the stable version in the metrics of Traefik',
  candidate_hash: 'rollouts-pod-template-hash of the new pods',
  stable_hash: 'rollouts-pod-template-hash of the stable pods',
  weight: 'weight of the new version in this step, in percent',
  cluster_matchers: 'label matchers of the cluster in Prometheus, as in cluster="prod"; may be empty',
} as const;

/** Short names with a different value for each arm, so that one text serves both arms. */
export const ARM_ARGUMENTS = ['service', 'traefik', 'hash'] as const;

export type ArgumentValues = Readonly<Record<string, string>>;

/**
 * The values of one step of a release. `newHash` is known once the new pods exist, `weight` once a step has one. Before
 * that, their placeholders stay unchanged.
 */
export function argumentsOf(
  target: Target,
  plan: Pick<ReleasePlan, 'candidate' | 'stable' | 'stableHash' | 'matchers'>,
  newHash?: string,
  weight?: number,
): ArgumentValues {
  return {
    namespace: target.namespace,
    rollout: target.rollout,
    ...armArguments('candidate', plan.candidate),
    ...armArguments('stable', plan.stable),
    stable_hash: plan.stableHash,
    cluster_matchers: matcherText(plan.matchers ?? {}),
    ...(newHash === undefined ? {} : { candidate_hash: newHash }),
    ...(weight === undefined ? {} : { weight: String(weight) }),
  };
}

/** A version without a Service, or without a name in Traefik's counters, has no value for it. */
function armArguments(arm: 'candidate' | 'stable', { service, metricsService }: Arm): ArgumentValues {
  return {
    ...(isService(service) && { [`${arm}_service`]: service }),
    ...(metricsService !== '' && { [`${arm}_traefik`]: metricsService }),
  };
}

const PLACEHOLDER = /\{\{(.*?)\}\}/gs;

/**
 * The text with its arguments filled in. A placeholder without a value stays. As in Argo, values are inserted
 * unchanged.
 */
export function fillArguments(text: string, values: ArgumentValues): string {
  return text.replaceAll(PLACEHOLDER, (whole, inside: string) => {
    const name = /^\s*args\.(.+?)\s*$/s.exec(inside)?.[1];
    return name !== undefined && Object.hasOwn(values, name) ? (values[name] as string) : whole;
  });
}

/** Placeholders of a text that are not in `known`. */
export function unknownArguments(text: string, known: readonly string[]): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].flatMap(([whole, inside = '']) => {
    const name = /^\s*args\.(.+?)\s*$/s.exec(inside)?.[1];
    return name !== undefined && known.includes(name) ? [] : [whole];
  });
}

/** The query of one arm. For example, `{{args.service}}` becomes the arm's own Service. */
export function armQuery(query: string, arm: 'candidate' | 'stable'): string {
  return fillArguments(query, Object.fromEntries(ARM_ARGUMENTS.map((name) => [name, `{{args.${arm}_${name}}}`])));
}

/** The queries of a metric, filled in. `field`: their path in the release file, for refusals. */
export function queriesOf(
  metric: QueryMetric,
  values: ArgumentValues,
): readonly {
  readonly arm?: 'candidate' | 'stable';
  readonly promql: string;
  readonly field: 'query' | 'stable_query';
}[] {
  if (metric.kind === 'limit') return [{ promql: fillArguments(metric.query, values), field: 'query' }];
  return [
    { arm: 'candidate', promql: fillArguments(metric.candidateQuery, values), field: 'query' },
    { arm: 'stable', promql: fillArguments(metric.stableQuery, values), field: 'stable_query' },
  ];
}
