import { matcherText } from './counter-selectors.ts';
import type { ReleasePlan } from '../release/plan.ts';
import type { Target } from '../release/target.ts';
import type { QueryMetric } from './metric-spec.ts';

/** What `{{args.<name>}}` stands for in the queries of a release file. */
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

/** What each arm's query may say instead, so that one text does for both. */
export const ARM_ARGUMENTS = ['service', 'traefik', 'hash'] as const;

export type ArgumentValues = Readonly<Record<string, string>>;

/**
 * The values of one step of a release. `newHash`: known once the new pods are there, `weight` once a step has it;
 * before, their arguments stay as they are.
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
    candidate_service: plan.candidate.service,
    stable_service: plan.stable.service,
    candidate_traefik: plan.candidate.metricsService,
    stable_traefik: plan.stable.metricsService,
    stable_hash: plan.stableHash,
    cluster_matchers: matcherText(plan.matchers ?? {}),
    ...(newHash === undefined ? {} : { candidate_hash: newHash }),
    ...(weight === undefined ? {} : { weight: String(weight) }),
  };
}

const PLACEHOLDER = /\{\{(.*?)\}\}/gs;

/** The text with its arguments filled in; what has no value stays. As with Argo, values are put in as they are. */
export function fillArguments(text: string, values: ArgumentValues): string {
  return text.replaceAll(PLACEHOLDER, (whole, inside: string) => {
    const name = /^\s*args\.(.+?)\s*$/s.exec(inside)?.[1];
    return name !== undefined && Object.hasOwn(values, name) ? (values[name] as string) : whole;
  });
}

/** Placeholders of a text that none of these names explains. */
export function unknownArguments(text: string, known: readonly string[]): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].flatMap(([whole, inside = '']) => {
    const name = /^\s*args\.(.+?)\s*$/s.exec(inside)?.[1];
    return name !== undefined && known.includes(name) ? [] : [whole];
  });
}

/** One arm's query: `{{args.service}}` is its own Service, and so on. */
export function armQuery(query: string, arm: 'candidate' | 'stable'): string {
  return fillArguments(query, Object.fromEntries(ARM_ARGUMENTS.map((name) => [name, `{{args.${arm}_${name}}}`])));
}

/** The queries of a metric, filled in. `field`: where the release file has it, for refusals. */
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
