import { z } from 'zod';
import { duration } from './duration.ts';
import { placeFields, takeOver } from './place.ts';
import { dnsName } from './target.ts';

const limit = (described: string) => z.int().min(0).max(10_000).optional().describe(described);
const condition = (described: string) => z.string().trim().min(1).max(1000).optional().describe(described);

const metricFields = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'must be 1 to 63 of letters, digits, "_", "-" and "."')
    .describe('Name of the metric.'),
  query: z.string().trim().min(1).max(8000).describe('PromQL. {{args.x}} is replaced by the argument x.'),
  address: z.string().max(500).optional().describe('URL of Prometheus as the Argo controller reaches it.'),
  interval: duration.optional().describe('Time between measurements.'),
  count: z.int().min(1).max(10_000).optional().describe('Number of measurements. Default 1.'),
  initial_delay: duration.optional().describe('Before the first measurement.'),
  success_condition: condition('As in "result[0] >= 0.95".'),
  failure_condition: condition('As in "result[0] < 0.9"; between the two it is inconclusive.'),
  failure_limit: limit('Tolerated failed measurements. Default 0.'),
  inconclusive_limit: limit('Tolerated inconclusive measurements. Default 0.'),
  consecutive_error_limit: limit('Tolerated errors in a row. Default 4.'),
});

const argument = z.strictObject({
  name: z.string().regex(/^[\w-]{1,63}$/, 'must be 1 to 63 of letters, digits, "_" and "-"'),
  value: z.string().max(1000).optional(),
});

export const templateFields = z.strictObject({
  ...placeFields,
  name: dnsName.describe('Name of the AnalysisTemplate.'),
  metrics: z.array(metricFields).min(1).max(20).describe('All its metrics; others are removed.'),
  args: z.array(argument).max(30).optional().describe('Arguments; one without value is given by the Rollout.'),
  background: z
    .boolean()
    .optional()
    .describe('For background analysis only: a metric may then have interval without count.'),
  take_over: takeOver,
});

export const templateSnapshot = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  metrics: z.array(z.record(z.string(), z.string())),
  args: z.array(argument),
  other_providers: z.array(z.string()).describe('Metrics that are not from Prometheus.'),
  resource_version: z.string(),
});
