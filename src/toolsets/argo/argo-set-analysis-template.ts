import { z } from 'zod';
import { templateFields, templateSnapshot } from '../../contract/analysis-template.ts';
import { toMs } from '../../contract/duration.ts';
import { effectFields, effectProblem } from '../../contract/effect.ts';
import { invalidInput, parse } from '../../contract/parse.ts';
import type { Problem } from '../../contract/parse.ts';
import { compact } from '../../contract/release-view.ts';
import { refusedTraps, reportedTraps } from '../../domain/analysis-traps.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { NewTemplate, TemplateMetric, TemplateView } from '../../ports/analysis-templates.ts';
import type { Command } from '../../commands/command.ts';
import { outcomeText } from '../../commands/effect-text.ts';

const output = z.strictObject({
  ...effectFields(templateSnapshot),
  warnings: z.array(z.string()).describe('What Argo will do that may be unexpected.'),
});
type Input = z.output<typeof templateFields>;
type Metric = Input['metrics'][number];

export const argoSetAnalysisTemplate: Command<typeof templateFields, typeof output> = {
  name: 'argo_set_analysis_template',
  title: 'Set an AnalysisTemplate',
  description:
    'Makes or changes an AnalysisTemplate over Prometheus; templates that would pass without data or never end are refused. A Rollout refers to it by name: analysis_templates of argo_create_rollout, or templateName in its own analysis.',
  kind: 'write',
  idempotent: true,
  toolset: 'argo',
  input: templateFields,
  output,
  examples: [
    {
      title: 'Share of good answers, five times in five minutes',
      input: {
        namespace: 'shop',
        name: 'success-ratio',
        metrics: [
          {
            name: 'success-ratio',
            address: 'http://prometheus.monitoring:9090',
            query:
              'sum(rate(traefik_service_requests_total{service="{{args.service}}",code!~"5.."}[1m])) / sum(rate(traefik_service_requests_total{service="{{args.service}}"}[1m]))',
            interval: '1m',
            count: 5,
            success_condition: 'result[0] >= 0.99',
            failure_condition: 'result[0] < 0.95',
            failure_limit: 1,
          },
        ],
        args: [{ name: 'service', value: 'shop-web-canary-8080@kubernetescrd' }],
      },
    },
  ],
  check(raw) {
    const input = parse(templateFields, raw ?? {});
    const problems = problemsOf(input);
    if (problems.length > 0) throw invalidInput(problems);
    return input;
  },
  async run(context, input) {
    const cluster = input.cluster ?? (await context.clusters.current());
    const { before, after, ...effect } = await context.ports.rolloutObjects.setTemplate(toTemplate(cluster, input));
    const warnings = input.metrics.flatMap((metric) =>
      reportedTraps(metric).map(({ field, message }) => `${metric.name}, ${field}: ${message}`),
    );
    return {
      ...effect,
      ...(before ? { before: toSnapshot(before) } : {}),
      ...(after ? { after: toSnapshot(after) } : {}),
      warnings,
    };
  },
  problem: effectProblem,
  text: (answer) => [outcomeText(answer), ...answer.warnings].join('\n'),
};

function problemsOf({ metrics, args = [], background = false }: Input): Problem[] {
  const traps = metrics.flatMap((metric, index) =>
    refusedTraps(metric, background).map(({ field, message }) => ({ path: `metrics.${index}.${field}`, message })),
  );
  return [
    ...traps,
    ...twice('metrics', metrics),
    ...twice('args', args),
    ...undeclared(
      metrics,
      args.map(({ name }) => name),
    ),
  ];
}

function twice(path: string, named: readonly { readonly name: string }[]): Problem[] {
  const names = named.map(({ name }) => name);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index ? [] : [{ path: `${path}.${index}.name`, message: `${name} is there twice` }],
  );
}

/** Argo refuses to run a template that uses an argument it does not declare. */
function undeclared(metrics: readonly Metric[], declared: readonly string[]): Problem[] {
  return metrics.flatMap((metric, index) => {
    const used = [...JSON.stringify(metric).matchAll(/\{\{\s*args\.([\w-]+)\s*\}\}/g)].map(([, name = '']) => name);
    return [...new Set(used)]
      .filter((name) => !declared.includes(name))
      .map((name) => ({ path: `metrics.${index}`, message: `{{args.${name}}} is used, and args has no ${name}` }));
  });
}

function toTemplate(
  cluster: string,
  { namespace, name, metrics, args = [], take_over: takeOver = false }: Input,
): NewTemplate {
  return {
    ref: { cluster, namespace, name },
    metrics: metrics.map(toMetric),
    args: args.map((each) => compact(each)),
    takeOver,
  };
}

function toMetric(metric: Metric): TemplateMetric {
  return compact({
    name: metric.name,
    query: metric.query,
    address: metric.address,
    interval: goDuration(metric.interval),
    count: metric.count,
    initialDelay: goDuration(metric.initial_delay),
    successCondition: metric.success_condition,
    failureCondition: metric.failure_condition,
    failureLimit: metric.failure_limit,
    inconclusiveLimit: metric.inconclusive_limit,
    consecutiveErrorLimit: metric.consecutive_error_limit,
  });
}

/** Converts days, because Go durations have none. */
const goDuration = (text: string | undefined): string | undefined =>
  text?.includes('d') ? `${toMs(text) / 1000}s` : text;

function toSnapshot({
  ref,
  resourceVersion,
  metrics,
  args,
  otherProviders,
}: TemplateView): z.output<typeof templateSnapshot> {
  return {
    namespace: ref.namespace,
    name: ref.name,
    metrics: metrics.map((metric) =>
      Object.fromEntries(
        Object.entries(metric).map(([field, value]) => [snakeCase(field), cleanText(String(value), 8000)]),
      ),
    ),
    args: args.map(({ name, value }) =>
      compact({ name: cleanText(name), value: value === undefined ? undefined : cleanText(value, 1000) }),
    ),
    other_providers: otherProviders.map((name) => cleanText(name)),
    resource_version: resourceVersion,
  };
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
