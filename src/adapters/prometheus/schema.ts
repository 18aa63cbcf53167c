import { z } from 'zod';
import type { CounterSeries } from '../../ports/metrics.ts';

/** What prometheus-query makes of a matrix. */
export const Matrix = z.object({
  resultType: z.literal('matrix'),
  result: z.array(
    z.object({
      metric: z.object({ labels: z.record(z.string(), z.string()) }),
      values: z.array(z.object({ time: z.date(), value: z.number() })),
    }),
  ),
});

/** What prometheus-query makes of a vector, or of a scalar. */
export const Vector = z.object({
  result: z.array(z.object({ metric: z.object({ labels: z.record(z.string(), z.string()) }), value: z.object({ value: z.number() }) })),
});

export const BuildInfo = z.object({ version: z.string() });

/** What prometheus-query throws: an object, not an Error. */
export const Failure = z.object({
  errorType: z.string(),
  error: z.string(),
  code: z.string().optional(),
  httpStatus: z.number().optional(),
});

export function toSeries(matrix: z.infer<typeof Matrix>): CounterSeries[] {
  return matrix.result.map(({ metric, values }) => ({
    labels: metric.labels,
    samples: values.map(({ time, value }) => [time.getTime(), value] as const),
  }));
}
