import { z } from 'zod';
import { JUDGES, POLICIES } from '../domain/release/plan.ts';
import { duration } from './duration.ts';
import { metricProblems } from './metric-file.ts';
import type { Problem } from './parse.ts';

const margin = z.number().gt(0, 'must be above 0').lt(1, 'must be below 1');
const policy = z.enum(POLICIES);
const latency = z.number().positive().max(3.6e6).optional();

/** The section `analysis` of a release file: how steps are judged. */
export const analysis = z.strictObject({
  judge: z.enum(JUDGES).optional().describe('Default sequential: must be proved not worse than stable.'),
  soak: duration.optional().describe('Before a step is judged. Default 60s.'),
  min_requests: z.int().min(1).max(1e9).optional().describe('Fewer canary requests never pass. Default 50.'),
  success_ratio: z
    .number()
    .min(0)
    .max(1, 'must be a share, such as 0.99 for 99 %')
    .optional()
    .describe('Minimum share of non-5xx answers. Default: none; judge limits: 0.99.'),
  p50_ms: latency.describe('Limit of the median.'),
  p90_ms: latency.describe('Of 90 %.'),
  p95_ms: latency.describe('Of 95 %.'),
  p99_ms: latency.describe('Of 99 %.'),
  metrics: z
    .array(z.unknown().meta({ type: 'object' }))
    .max(20)
    .optional()
    .describe('Own PromQL, AnalysisTemplates: see example://metrics.'),
  alpha: z.number().gt(0, 'must be above 0').max(0.5).optional().describe('Chance of a wrong verdict. Default 0.05.'),
  margins: z
    .strictObject({
      errors: margin.optional().describe('Default 0.01.'),
      slow: margin.optional().describe('Default 0.05.'),
    })
    .optional()
    .describe('Tolerated difference.'),
  slower_than_ms: z
    .array(z.number().positive().max(3.6e6))
    .min(1)
    .max(5)
    .refine((bounds) => new Set(bounds).size === bounds.length, 'must not name a bound twice')
    .optional()
    .describe("Bounds of Traefik's buckets. Default: from stable's past."),
  warm_up: duration.optional().describe('Ignored at first. Default 15s.'),
  max_verdict_age: duration
    .optional()
    .describe('An older pass is judged again before promotion. Default 2 × soak, ≥ 5m.'),
  on_no_data: policy.optional().describe('Default hold.'),
  on_too_little_traffic: policy.optional().describe('Default hold.'),
  on_inconclusive: policy.optional().describe('Default hold.'),
  hold: duration.optional().describe('Until hold asks. Default 10m.'),
  extend: duration.optional().describe('Until extend rolls back. Default: hold.'),
});
export type AnalysisFile = z.output<typeof analysis>;

const SEQUENTIAL_ONLY = ['alpha', 'margins', 'slower_than_ms', 'warm_up'] as const;
const POLICY_FIELDS = ['on_no_data', 'on_too_little_traffic', 'on_inconclusive'] as const;

/**
 * Fields that have no effect in their context. They are read from the raw value, so that they are reported together
 * with all other faults.
 */
export function analysisProblems(file: Readonly<Record<string, unknown>>): readonly Problem[] {
  const idle =
    file['judge'] !== 'limits'
      ? []
      : SEQUENTIAL_ONLY.filter(
          (name) => file[name] !== undefined && !(name === 'warm_up' && file['metrics'] !== undefined),
        );
  const problems: Problem[] = [...metricProblems(file['metrics'])];
  problems.push(
    ...idle.map((name) => ({
      path: `analysis.${name}`,
      message: 'only for the sequential judge: leave out analysis.judge: limits, or leave this out',
    })),
  );
  const extends_ = POLICY_FIELDS.some((name) => file[name] === 'extend');
  if (file['extend'] !== undefined && !extends_)
    problems.push({
      path: 'analysis.extend',
      message: `has no effect unless a policy is extend: set ${POLICY_FIELDS.join(', ')} or leave this out`,
    });
  return problems;
}
