import { z } from 'zod';
import type { CounterSeries } from '../../ports/evidence.ts';

/** Numbers, including NaN and infinities. */
const float = z.custom<number>((value) => typeof value === 'number');

/** The package's form of a matrix. */
export const Matrix = z.object({
  resultType: z.literal('matrix'),
  result: z.array(
    z.object({
      metric: z.object({ labels: z.record(z.string(), z.string()) }),
      values: z.array(z.object({ time: z.date(), value: float })),
    }),
  ),
});

/** The package's form of an instant query: a vector is split into samples, and a scalar or a string is unchanged. */
export const Instant = z.discriminatedUnion('resultType', [
  z.object({
    resultType: z.literal('vector'),
    result: z.array(
      z.object({ metric: z.object({ labels: z.record(z.string(), z.string()) }), value: z.object({ value: float }) }),
    ),
  }),
  z.object({ resultType: z.literal('scalar'), result: z.tuple([z.number(), z.string()]) }),
  z.object({ resultType: z.enum(['matrix', 'string']), result: z.array(z.unknown()) }),
]);

export const BuildInfo = z.object({ version: z.string() });

/** A refusal by Prometheus itself. */
export const Refusal = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

/** The value that prometheus-query throws. It is an object and not an Error. */
export const Wrapped = z.object({ original: z.unknown() });

export function toSeries(matrix: z.infer<typeof Matrix>): CounterSeries[] {
  return matrix.result.map(({ metric, values }) => ({
    labels: metric.labels,
    samples: values.map(({ time, value }) => [time.getTime(), value] as const),
  }));
}
