/**
 * A metric of the release file, besides Traefik's counters. Queries are PromQL with arguments still in them
 * (query-arguments.ts).
 */
export type MetricSpec = LimitMetric | PairMetric | GaugeMetric | TemplateMetric;
export type QueryMetric = Exclude<MetricSpec, TemplateMetric>;

interface Measured {
  readonly name: string;
  /** Time between two measurements, in milliseconds. */
  readonly intervalMs: number;
}

/** One value against fixed limits. */
export interface LimitMetric extends Measured {
  readonly kind: 'limit';
  readonly query: string;
  readonly min?: number;
  readonly max?: number;
}

/** Two values, of the candidate and of stable: the first may exceed the second by so much. */
export interface PairMetric extends Measured {
  readonly kind: 'pair';
  readonly candidateQuery: string;
  readonly stableQuery: string;
  /** Exactly one of the two: candidate ≤ stable · maxRatio, or candidate ≤ stable + maxIncrease. */
  readonly maxRatio?: number;
  readonly maxIncrease?: number;
}

/** Two series of a gauge (saturation, queue length), compared by Mann and Whitney's test as Kayenta does. */
export interface GaugeMetric extends Measured {
  readonly kind: 'gauge';
  readonly candidateQuery: string;
  readonly stableQuery: string;
  readonly worse: 'higher' | 'lower';
  /** 0…1; Kayenta's 0.98. */
  readonly confidence: number;
  /** Part of the shift's own estimate that is tolerated; Kayenta's 0.25. */
  readonly tolerance: number;
  /** Fewer measurements of both arms decide nothing. */
  readonly minSamples: number;
}

/** An AnalysisTemplate or ClusterAnalysisTemplate of Argo, read as it is and evaluated with Argo's semantics. */
export interface TemplateMetric {
  readonly kind: 'template';
  readonly name: string;
  readonly template: string;
  readonly clusterScope: boolean;
  readonly args: Readonly<Record<string, string>>;
}
