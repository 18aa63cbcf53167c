/** One counter series: labels and raw samples [epoch ms, value], ascending. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [number, number])[];
}

export interface ArmSeries {
  readonly requests: readonly Series[];
  readonly buckets: readonly Series[];
}
