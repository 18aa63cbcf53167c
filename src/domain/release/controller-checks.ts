import { queriesOf, unknownArguments, fillArguments, type ArgumentValues } from '../analysis/query-arguments.ts';
import type { MetricSpec } from '../analysis/metric-spec.ts';
import type { ResolvedTemplate } from '../analysis/template/resolved.ts';
import { plural } from '../plural.ts';
import type { Check, ReleaseSpec } from './plan.ts';
import { bad, ok } from './preflight-checks.ts';
import type { Facts, RolloutFacts } from './preflight-facts.ts';

/** The checks of a release whose weights are the controller's word, and whose metrics alone judge. */
export function controllerChecks(spec: ReleaseSpec, facts: Facts, values: ArgumentValues): readonly Check[] {
  const { metrics = [], untried = false } = spec.analysis;
  return [
    wordCheck(facts),
    ...wholePods(facts.rollout),
    ...countedFields(spec),
    ...(metrics.length === 0 && !untried ? [bad('metrics', NOTHING_JUDGES, ADD_METRIC)] : []),
    ...metrics.flatMap((metric) => argumentCheck(metric, values)),
    ...metrics.flatMap((metric) => blindCheck(metric)),
  ];
}

const NOTHING_JUDGES = 'no proxy counts the requests of each version, and the release file has no metric';
const ADD_METRIC =
  'Add a metric to the release file that tells the versions apart by their pods, for example analysis.metrics: [{ name: failed-answers, kind: pair, query: "<PromQL with {{args.hash}}>", max_increase: 0.01 }] (examples/watch-metrics.yaml).';

function wordCheck({ traffic, trafficProblem }: Facts): Check {
  return traffic?.report === undefined
    ? bad('traffic', trafficProblem ?? 'the state of the Rollout could not be read', 'Try again.')
    : {
        ...ok(
          'traffic',
          `${traffic.report}. Weights are Argo's word here: no proxy is read, so none is proved from traffic`,
        ),
        next: 'Only spec.strategy.canary.trafficRouting.traefik lets a release prove them.',
      };
}

/** Without a router Argo can give a weight only with whole pods. */
function wholePods({ trafficRouting, steps, replicas: { desired } }: RolloutFacts): readonly Check[] {
  const weights = steps.flatMap(({ setWeight = 0 }) => setWeight);
  const between = [...new Set(weights.filter((weight) => (weight * desired) % 100 !== 0))];
  if (trafficRouting.length > 0 || between.length === 0) return [];
  const detail = `Argo divides the traffic by whole pods: with ${plural(desired, 'pod')} it comes only near to the ${between.length === 1 ? 'weight' : 'weights'} ${between.join(', ')}`;
  return [{ ...ok('pods', detail), next: 'Raise spec.replicas of the Rollout, or choose weights of whole pods.' }];
}

/** Limits that only counters of a proxy can decide. */
function countedFields({ analysis }: ReleaseSpec): readonly Check[] {
  const { sequential, minSuccessRatio, maxP95Ms, maxQuantileMs = {} } = analysis;
  const fields = [
    ...(sequential ? [] : ['judge']),
    ...(minSuccessRatio === undefined ? [] : ['success_ratio']),
    ...(maxP95Ms === undefined ? [] : ['p95_ms']),
    ...Object.keys(maxQuantileMs).map((percent) => `p${percent}_ms`),
    ...(sequential?.slowerThanMs === undefined ? [] : ['slower_than_ms']),
  ].map((field) => `analysis.${field}`);
  if (fields.length === 0) return [];
  const detail = `${fields.join(', ')}: no proxy counts the requests of each version, so nothing could decide`;
  return [bad('limits', detail, `Leave out ${fields.join(', ')}, and judge by analysis.metrics.`)];
}

/** A placeholder without a value would never match a series. */
function argumentCheck(metric: MetricSpec, values: ArgumentValues): readonly Check[] {
  const texts =
    metric.kind === 'template'
      ? Object.values(metric.args).map((text) => fillArguments(text, values))
      : queriesOf(metric, values).map(({ promql }) => promql);
  const missing = [...new Set(texts.flatMap((text) => unknownArguments(text, [])))];
  if (missing.length === 0) return [];
  const detail = `${missing.join(', ')} has no value: the Rollout names no such Service, or no Traefik counts it`;
  return [
    bad(
      `query ${metric.name}`,
      detail,
      'Tell the versions apart by {{args.hash}}, {{args.candidate_hash}} or {{args.stable_hash}}.',
    ),
  ];
}

/** Fixed limits of a query that means no version judge both together, and a small weight is hardly seen. */
function blindCheck(metric: MetricSpec): readonly Check[] {
  if (metric.kind !== 'limit' || /\{\{\s*args\.candidate_/.test(metric.query)) return [];
  const detail = 'the query names no argument of the new version, so it may measure both versions together';
  return [{ ...ok(`query ${metric.name}`, detail), next: 'Use {{args.candidate_hash}} in the query.' }];
}

/** A metric that never decides cannot be the only one. */
export function undecidedCheck(
  { analysis: { metrics = [] } }: Pick<ReleaseSpec, 'analysis'>,
  templates: readonly ResolvedTemplate[],
): readonly Check[] {
  const decides = metrics.some(({ kind }) => kind !== 'template');
  const deciding = templates.flatMap((one) => one.metrics).some(({ dryRun }) => !dryRun);
  return decides || deciding
    ? []
    : [
        bad(
          'metrics',
          'every metric of the templates is a dry run, so nothing would judge the new version',
          ADD_METRIC,
        ),
      ];
}
