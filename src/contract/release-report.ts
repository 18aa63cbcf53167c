import { z } from 'zod';
import type { ReleaseReport } from '../domain/report/report.ts';

// Shares are 0…1, weights percent, evidence natural logarithms (of odds), times ISO 8601.
const time = z.string();
const number = z.number().nullable();
const outcome = z.string();
const share = z.strictObject({ hits: z.number(), of: z.number(), low: z.number(), high: z.number() });
const count = z.strictObject({ requests: z.number(), bad: z.number() });
const counts = z.strictObject({ requests: z.number(), errors: z.number() });

const head = z.strictObject({
  release_id: z.string(),
  run_id: z.string(),
  target: z.strictObject({ cluster: z.string(), namespace: z.string(), rollout: z.string() }),
  strategy: z.string(),
  image: z.string(),
  previous: z.string().optional(),
  state: z.string(),
  reason: z.string(),
  started_by: z.string(),
  started_at: time,
  closed_at: time.optional(),
  until: time,
  users: z.number().optional(),
  waiting: z.strictObject({ for: z.string(), answers: z.array(z.string()) }).optional(),
  alpha: z.number().optional(),
  metrics_alone: z.literal(true).optional(),
});

const weights = z.strictObject({
  wanted: z.array(z.strictObject({ at: time, weight: z.number() })),
  proofs: z.array(
    z.strictObject({ at: time, step: z.number(), wanted: z.number(), effective: z.string(), reason: z.string() }),
  ),
  measured: z.array(z.strictObject({ from: time, to: time, value: share })),
});

const comparison = z.strictObject({
  name: z.string(),
  counted: z.string(),
  source: z.enum(['blocks', 'verdicts']),
  buckets: z.array(
    z.strictObject({
      from: time,
      to: time,
      value: z.strictObject({ candidate: share.optional(), stable: share.optional() }),
    }),
  ),
});

const metric = z.strictObject({
  name: z.string(),
  unit: z.enum(['ratio', 'ms', 'number']),
  points: z.array(z.strictObject({ at: time, value: number, limit: number.optional(), outcome })),
});

const question = z.strictObject({
  name: z.string(),
  delta: z.number().optional(),
  phi: number.optional(),
  blocks: z.number(),
  points: z.array(z.strictObject({ at: time, worse: number, better: number })),
  most: z.strictObject({ worse: number, better: number }),
  proved: time.optional(),
  candidate: count,
  stable: count,
});

const verdict = z.strictObject({
  by: z.literal('guard').optional(),
  step: z.number(),
  weight: z.number(),
  outcome,
  from: time,
  to: time,
  times: z.number(),
  reason: z.string(),
  candidate: counts.optional(),
  stable: counts.optional(),
  findings: z.array(
    z.strictObject({
      metric: z.string(),
      outcome,
      measured: number.optional(),
      limit: number.optional(),
      reason: z.string(),
      dry: z.literal(true).optional(),
    }),
  ),
});

const query = z.strictObject({
  name: z.string(),
  arm: z.enum(['candidate', 'stable']).optional(),
  promql: z.string(),
  asked: z.number(),
  failed: z.number(),
  answers: z.array(
    z.strictObject({
      at: time,
      step: z.number(),
      values: z.array(z.strictObject({ labels: z.record(z.string(), z.string()), value: number })),
      error: z.string().optional(),
    }),
  ),
});

/** The report of a release as JSON. */
export const releaseReportFile = z.strictObject({
  release: head,
  summary: z.array(z.string()),
  steps: z.array(
    z.strictObject({
      index: z.number(),
      weight: z.number(),
      proved: time.optional(),
      reported: time.optional(),
      outcome: outcome.optional(),
    }),
  ),
  weights,
  comparisons: z.array(comparison),
  metrics: z.array(metric),
  evidence: z
    .strictObject({
      bound: z.number(),
      together: z.array(z.strictObject({ at: time, worse: number })),
      questions: z.array(question),
    })
    .optional(),
  verdicts: z.array(verdict),
  people: z.array(z.strictObject({ who: z.string(), did: z.array(z.strictObject({ at: time, text: z.string() })) })),
  events: z.array(z.strictObject({ at: time, state: z.string(), text: z.string(), who: z.string().optional() })),
  commands: z.array(
    z.strictObject({ at: time, id: z.string(), command: z.string(), outcome: z.string(), detail: z.string() }),
  ),
  queries: z.array(query),
  notes: z.array(z.string()),
});
export type ReportFile = z.output<typeof releaseReportFile>;

/** Fields that are times at every place in the report. Labels are texts and stay unchanged. */
const MOMENTS: readonly string[] = ['at', 'from', 'to', 'proved', 'reported', 'until'];

/**
 * The report in its wire format. Its texts were cleaned when it was built. A number that is not finite becomes null.
 */
export function toReportFile({ release, ...rest }: ReleaseReport): ReportFile {
  const { id: release_id, run: run_id, starter: started_by, started, closed, ...head } = release;
  const times = { started_at: iso(started), ...(closed === undefined ? {} : { closed_at: iso(closed) }) };
  return {
    release: { release_id, run_id, started_by, ...times, ...(wire(head) as object) },
    ...(wire(rest) as object),
  } as ReportFile;
}

function wire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wire);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      typeof field === 'number' && MOMENTS.includes(key) ? iso(field) : wire(field),
    ]),
  );
}

function iso(at: number): string {
  return Math.abs(at) < 8.64e15 ? new Date(at).toISOString() : 'unknown';
}
