import { z } from 'zod';
import { ARM_ARGUMENTS, armQuery, QUERY_ARGUMENTS, unknownArguments } from '../domain/analysis/query-arguments.ts';
import { duration, toMs } from './duration.ts';
import { problemsOf, type Problem } from './parse.ts';
import { dnsName } from './target.ts';

const name = z
  .string()
  .regex(/^[A-Za-z][\w-]{0,62}$/, 'must be 1 to 63 of letters, digits, "_" and "-", and begin with a letter');
const query = z.string().trim().min(1, 'must not be empty').max(4000, 'must not be longer than 4000 characters');
const interval = duration
  .refine((text) => toMs(text) >= 1000 && toMs(text) <= 3_600_000, 'must be from 1s to 1h')
  .optional();
const measured = { name, query, interval };

/** The kinds of metrics that a release file may define. */
const KINDS = {
  limit: z.strictObject({
    kind: z.literal('limit'),
    ...measured,
    min: z.number().optional(),
    max: z.number().optional(),
  }),
  pair: z.strictObject({
    kind: z.literal('pair'),
    ...measured,
    stable_query: query.optional(),
    max_ratio: z.number().gt(0, 'must be above 0').optional(),
    max_increase: z.number().min(0, 'must not be negative').optional(),
  }),
  gauge: z.strictObject({
    kind: z.literal('gauge'),
    ...measured,
    stable_query: query.optional(),
    worse: z.enum(['higher', 'lower']).optional(),
    confidence: z.number().min(0.5, 'must be from 0.5 to below 1').lt(1, 'must be from 0.5 to below 1').optional(),
    tolerance: z.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1').optional(),
    min_samples: z.int().min(5, 'must be from 5 to 1000').max(1000, 'must be from 5 to 1000').optional(),
  }),
  template: z.strictObject({
    kind: z.literal('template'),
    name,
    template: dnsName,
    cluster_scope: z.boolean().optional(),
    args: z.record(z.string(), z.string().max(1000)).optional(),
  }),
};
type Kind = keyof typeof KINDS;
export type MetricFile = { [K in Kind]: z.output<(typeof KINDS)[K]> }[Kind];

/** Names that verdicts already use for built-in metrics. */
const TAKEN = /^(?:success-ratio|p\d+|errors|slow-.*|requests|durations)$/;

/**
 * The faults of `analysis.metrics`. Its tool schema is loose, because each byte of it is in every agent's context. This
 * schema is the strict one.
 */
export function metricProblems(metrics: unknown): readonly Problem[] {
  if (!Array.isArray(metrics)) return [];
  const each = (metrics as readonly unknown[]).flatMap((metric, index) => problemsAt(index, metric));
  return [...each, ...nameProblems(metrics)];
}

/** Converts a metric in which metricProblems found no fault. */
export function toMetricFile(metric: Readonly<Record<string, unknown>>): MetricFile {
  return KINDS[metric['kind'] as Kind].parse(metric);
}

function problemsAt(index: number, metric: unknown): readonly Problem[] {
  const path = `analysis.metrics.${index}`;
  const fields = typeof metric === 'object' && metric !== null ? (metric as Record<string, unknown>) : {};
  const { kind } = fields;
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind))
    return [{ path: `${path}.kind`, message: `must be one of ${Object.keys(KINDS).join(', ')}` }];
  const schema: z.ZodType<MetricFile> = KINDS[kind as Kind];
  const wrong = problemsOf(schema, metric, ['analysis', 'metrics', index]);
  return wrong.length > 0 ? wrong : meaningProblems(schema.parse(metric), path);
}

function meaningProblems(metric: MetricFile, path: string): readonly Problem[] {
  const at = (field: string, message: string): Problem => ({ path: `${path}.${field}`, message });
  switch (metric.kind) {
    case 'limit':
      return [...limitProblems(metric, at), ...argumentProblems({ query: metric.query }, false, at)];
    case 'pair':
      return [...pairProblems(metric, at), ...armProblems(metric, at)];
    case 'gauge':
      return armProblems(metric, at);
    case 'template':
      return argumentProblems(
        Object.fromEntries(Object.entries(metric.args ?? {}).map(([field, value]) => [`args.${field}`, value])),
        false,
        at,
      );
  }
}

type At = (field: string, message: string) => Problem;

function limitProblems({ min, max }: Extract<MetricFile, { kind: 'limit' }>, at: At): readonly Problem[] {
  if (min === undefined && max === undefined) return [at('max', 'is missing: give max, min or both')];
  return min !== undefined && max !== undefined && min > max
    ? [at('min', `${min} is above max ${max}: nothing could pass`)]
    : [];
}

function pairProblems(
  { max_ratio: ratio, max_increase: increase }: Extract<MetricFile, { kind: 'pair' }>,
  at: At,
): readonly Problem[] {
  if (ratio === undefined && increase === undefined)
    return [at('max_ratio', 'is missing: give max_ratio or max_increase')];
  return ratio !== undefined && increase !== undefined
    ? [at('max_increase', 'give max_ratio or max_increase, not both')]
    : [];
}

function armProblems(
  { query: candidate, stable_query: stable }: { query: string; stable_query?: string | undefined },
  at: At,
): readonly Problem[] {
  const unknown = argumentProblems(
    { query: candidate, ...(stable === undefined ? {} : { stable_query: stable }) },
    true,
    at,
  );
  if (unknown.length > 0 || armQuery(candidate, 'candidate') !== armQuery(stable ?? candidate, 'stable'))
    return unknown;
  const arms = ARM_ARGUMENTS.map((one) => `{{args.${one}}}`).join(', ');
  return [
    stable === undefined
      ? at(
          'query',
          `is the same query for both versions: use ${arms}, which differ between the versions, or give stable_query`,
        )
      : at('stable_query', 'is the same as query: a version would be compared with itself'),
  ];
}

function argumentProblems(texts: Readonly<Record<string, string>>, arms: boolean, at: At): readonly Problem[] {
  const known = [...(arms ? ARM_ARGUMENTS : []), ...Object.keys(QUERY_ARGUMENTS)];
  return Object.entries(texts).flatMap(([field, text]) =>
    unknownArguments(text, known).map((placeholder) =>
      at(field, `${placeholder} is not known; there are ${known.map((one) => `{{args.${one}}}`).join(', ')}`),
    ),
  );
}

function nameProblems(metrics: readonly unknown[]): readonly Problem[] {
  const names = metrics.map((metric) => (metric as { name?: unknown } | null)?.name);
  return names.flatMap((one, index): Problem[] => {
    const path = `analysis.metrics.${index}.name`;
    if (typeof one !== 'string') return [];
    if (TAKEN.test(one)) return [{ path, message: `${one} is the name of a built-in judgement; choose another name` }];
    return names.indexOf(one) < index
      ? [{ path, message: `${one} is already the name of analysis.metrics.${names.indexOf(one)}` }]
      : [];
  });
}
