/**
 * A metric of the release file, besides Traefik's counters. Queries are PromQL that still contains arguments
 * (query-arguments.ts).
 */
export type MetricSpec = LimitMetric | PairMetric | GaugeMetric | TemplateMetric;
export type QueryMetric = Exclude<MetricSpec, TemplateMetric>;

interface Measured {
  readonly name: string;
  /** Time between two measurements, in milliseconds. */
  readonly intervalMs: number;
}

/** One value that is compared with fixed limits. */
export interface LimitMetric extends Measured {
  readonly kind: 'limit';
  readonly query: string;
  readonly min?: number;
  readonly max?: number;
}

/** Two values, of the candidate and of stable. The first may exceed the second by a stated amount. */
export interface PairMetric extends Measured {
  readonly kind: 'pair';
  readonly candidateQuery: string;
  readonly stableQuery: string;
  /** Exactly one of the two is present: candidate ≤ stable · maxRatio, or candidate ≤ stable + maxIncrease. */
  readonly maxRatio?: number;
  readonly maxIncrease?: number;
}

/** Two series of a gauge (saturation, queue length). They are compared by the Mann–Whitney test, as in Kayenta. */
export interface GaugeMetric extends Measured {
  readonly kind: 'gauge';
  readonly candidateQuery: string;
  readonly stableQuery: string;
  readonly worse: 'higher' | 'lower';
  /** 0…1. Kayenta uses 0.98. */
  readonly confidence: number;
  /** The tolerated part of the shift's own estimate. Kayenta uses 0.25. */
  readonly tolerance: number;
  /** Minimum number of measurements of both arms for a decision. */
  readonly minSamples: number;
}

/** An AnalysisTemplate or ClusterAnalysisTemplate of Argo. It is read unchanged and evaluated with Argo's semantics. */
export interface TemplateMetric {
  readonly kind: 'template';
  readonly name: string;
  readonly template: string;
  readonly clusterScope: boolean;
  readonly args: Readonly<Record<string, string>>;
}
