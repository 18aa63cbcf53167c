import type { TemplateMetric } from '../metric-spec.ts';
import type { ArgumentValues } from '../query-arguments.ts';
import { fillMetric, templateArguments } from './arguments.ts';
import { checkConditions, isScalar } from './conditions.ts';
import { Reader } from './reader.ts';
import type { ResolvedMetric, ResolvedTemplate } from './resolved.ts';

export type Resolution = { readonly template: ResolvedTemplate } | { readonly problems: readonly string[] };

const SPEC_FIELDS = ['metrics', 'args', 'dryRun', 'measurementRetention', 'templates'];
const METRIC_FIELDS = [
  'name',
  'interval',
  'initialDelay',
  'count',
  'successCondition',
  'failureCondition',
  'failureLimit',
  'inconclusiveLimit',
  'consecutiveErrorLimit',
  'consecutiveSuccessLimit',
  'provider',
];
/**
 * Only `query` is used. The other fields say how Argo reaches its Prometheus, and this server has settings of its own.
 */
const PROMETHEUS_FIELDS = ['query', 'address', 'authentication', 'headers', 'insecure', 'timeout'];
/**
 * Delay after an error, and the interval of a single measurement: argo-rollouts v1.10.1, analysis/analysis.go,
 * DefaultErrorRetryInterval.
 */
const RETRY_MS = 10_000;
/** Minimum interval, because a restarted worker queries all measurements again. */
const MIN_INTERVAL_MS = 1_000;

/**
 * The template as a release evaluates it: arguments filled in, limits with Argo's defaults (argo-rollouts v1.10.1,
 * utils/analysis/helpers.go and factory.go). Unsupported parts are refused with their path. Nothing is omitted
 * silently.
 */
export function resolveTemplate(spec: unknown, metric: TemplateMetric, values: ArgumentValues): Resolution {
  const reader = new Reader();
  const body = reader.object(spec, 'spec');
  reader.onlyKnown(body, SPEC_FIELDS, 'spec');
  if (reader.list(body['templates'], 'spec.templates').length > 0)
    reader.refuse('spec.templates', 'templates of templates are not supported; add each as a separate metric');
  const args = templateArguments(reader, body['args'], metric, values);
  if (reader.problems.length > 0) return { problems: reader.problems };
  const filled = reader
    .list(body['metrics'], 'spec.metrics')
    .map((one, index) =>
      metricOf(reader, fillMetric(reader, one, args, `spec.metrics[${index}]`), `spec.metrics[${index}]`),
    );
  const metrics = dryRuns(
    reader,
    body['dryRun'],
    filled.filter((one) => one !== undefined),
  );
  if (filled.length === 0) reader.refuse('spec.metrics', 'there are none');
  for (const name of duplicates(metrics)) reader.refuse('spec.metrics', `${name} is named twice`);
  return reader.problems.length > 0
    ? { problems: reader.problems }
    : { template: { name: metric.name, template: metric.template, metrics } };
}

function duplicates(metrics: readonly ResolvedMetric[]): readonly string[] {
  const names = metrics.map(({ name }) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function metricOf(reader: Reader, value: unknown, path: string): Omit<ResolvedMetric, 'dryRun'> | undefined {
  const metric = reader.object(value, path);
  reader.onlyKnown(metric, METRIC_FIELDS, path);
  const name = reader.text(metric['name'], `${path}.name`) ?? reader.refuse(`${path}.name`, 'is missing');
  const query = queryOf(reader, metric['provider'], `${path}.provider`);
  const times = timesOf(reader, metric, path);
  const limits = limitsOf(reader, metric, path);
  if (name === undefined || query === undefined) return undefined;
  const scalar = isScalar(query);
  const conditions = checkConditions(reader, metric, path, scalar);
  checkLimits(reader, { ...limits, ...times }, path);
  return { name, query, scalar, ...times, ...limits, ...conditions };
}

function queryOf(reader: Reader, value: unknown, path: string): string | undefined {
  const provider = reader.object(value, path);
  const others = Object.keys(provider).filter((name) => name !== 'prometheus');
  if (others.length > 0)
    return reader.refuse(`${path}.${others[0]}`, 'is not supported: templates are evaluated from Prometheus only');
  const prometheus = reader.object(provider['prometheus'], `${path}.prometheus`);
  reader.onlyKnown(prometheus, PROMETHEUS_FIELDS, `${path}.prometheus`);
  const query = reader.text(prometheus['query'], `${path}.prometheus.query`)?.trim();
  return query === undefined || query === '' ? reader.refuse(`${path}.prometheus.query`, 'is missing') : query;
}

function timesOf(
  reader: Reader,
  metric: Readonly<Record<string, unknown>>,
  path: string,
): Pick<ResolvedMetric, 'intervalMs' | 'initialDelayMs' | 'count'> {
  const interval = reader.duration(metric['interval'], `${path}.interval`);
  if (interval !== undefined && interval < MIN_INTERVAL_MS) reader.refuse(`${path}.interval`, 'must be at least 1s');
  const count = reader.whole(metric['count'], `${path}.count`, 0);
  if ((count ?? 0) > 1 && metric['interval'] === undefined)
    reader.refuse(`${path}.interval`, 'is missing: there is more than one measurement');
  // Argo counts 0 as absent.
  const effective = count === undefined || count === 0 ? (interval === undefined ? 1 : undefined) : count;
  return {
    intervalMs: interval ?? RETRY_MS,
    initialDelayMs: reader.duration(metric['initialDelay'], `${path}.initialDelay`) ?? 0,
    ...(effective === undefined ? {} : { count: effective }),
  };
}

type Limits = Pick<
  ResolvedMetric,
  'failureLimit' | 'inconclusiveLimit' | 'consecutiveErrorLimit' | 'consecutiveSuccessLimit'
>;

function limitsOf(reader: Reader, metric: Readonly<Record<string, unknown>>, path: string): Limits {
  const limit = (name: keyof Limits, fallback: number, least = 0): number =>
    reader.whole(metric[name], `${path}.${name}`, least) ?? fallback;
  return {
    failureLimit: limit('failureLimit', 0, -1),
    inconclusiveLimit: limit('inconclusiveLimit', 0),
    consecutiveErrorLimit: limit('consecutiveErrorLimit', 4),
    consecutiveSuccessLimit: limit('consecutiveSuccessLimit', 0),
  };
}

/**
 * Checks as Argo's ValidateMetric does. It also refuses a metric that can never fail, or never be inconclusive, because
 * it judges nothing (src/domain/analysis-traps.ts).
 */
function checkLimits(reader: Reader, metric: Limits & Pick<ResolvedMetric, 'count'>, path: string): void {
  const { count, failureLimit, consecutiveSuccessLimit, inconclusiveLimit } = metric;
  if (failureLimit < 0 && consecutiveSuccessLimit === 0)
    reader.refuse(`${path}.failureLimit`, 'may be -1 only with a consecutiveSuccessLimit');
  if (count === undefined) return;
  if (count < Math.max(0, failureLimit) + consecutiveSuccessLimit)
    reader.refuse(`${path}.count`, `must be at least failureLimit and consecutiveSuccessLimit together`);
  if (failureLimit >= count)
    reader.refuse(`${path}.failureLimit`, `with ${count} measurements it could never fail; it must be below count`);
  if (inconclusiveLimit >= count)
    reader.refuse(
      `${path}.inconclusiveLimit`,
      `with ${count} measurements it could never be inconclusive; it must be below count`,
    );
}

/** Rules are regular expressions over the names, not anchored. A rule that matches no metric is a mistake. */
function dryRuns(reader: Reader, rules: unknown, metrics: readonly Omit<ResolvedMetric, 'dryRun'>[]): ResolvedMetric[] {
  const patterns = reader.list(rules, 'spec.dryRun').flatMap((rule, index) => {
    const path = `spec.dryRun[${index}].metricName`;
    const pattern = patternOf(reader, reader.object(rule, `spec.dryRun[${index}]`)['metricName'], path);
    if (pattern && !metrics.some(({ name }) => pattern.test(name))) reader.refuse(path, 'matches no metric');
    return pattern ? [pattern] : [];
  });
  return metrics.map((metric) => ({ ...metric, dryRun: patterns.some((pattern) => pattern.test(metric.name)) }));
}

const MAX_PATTERN_LENGTH = 100;

function patternOf(reader: Reader, value: unknown, path: string): RegExp | undefined {
  const text = reader.text(value, path) ?? '';
  // Nested repetitions could need unlimited time on a name that was chosen for this purpose.
  if (text.length > MAX_PATTERN_LENGTH || /[*+}][^)]*\)[*+{]/.test(text))
    return reader.refuse(path, 'is too long or too nested a pattern');
  try {
    return new RegExp(text);
  } catch {
    return reader.refuse(path, 'is not a regular expression that is understood');
  }
}
