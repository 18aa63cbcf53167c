import type { Effect } from '../domain/effect.ts';

/**
 * A metric of an AnalysisTemplate that Argo reads from Prometheus. Times are Go durations; limits are texts when
 * arguments stand in them.
 */
export interface TemplateMetric {
  readonly name: string;
  readonly query: string;
  /** Absent: what ARGO_ROLLOUTS_PROMETHEUS_ADDRESS of the Argo controller says. */
  readonly address?: string;
  readonly interval?: string;
  readonly count?: number | string;
  readonly initialDelay?: string;
  readonly successCondition?: string;
  readonly failureCondition?: string;
  readonly failureLimit?: number | string;
  readonly inconclusiveLimit?: number | string;
  readonly consecutiveErrorLimit?: number | string;
}

export interface TemplateArgument {
  readonly name: string;
  /** Absent: the Rollout has to give it. */
  readonly value?: string;
}

export interface TemplateRef {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

export interface TemplateView {
  readonly ref: TemplateRef;
  readonly resourceVersion: string;
  readonly metrics: readonly TemplateMetric[];
  readonly args: readonly TemplateArgument[];
  /** Names of metrics that something other than Prometheus measures. */
  readonly otherProviders: readonly string[];
}

export interface NewTemplate {
  readonly ref: TemplateRef;
  readonly metrics: readonly TemplateMetric[];
  readonly args: readonly TemplateArgument[];
  /** Take fields over from other field managers. */
  readonly takeOver: boolean;
}

export interface AnalysisTemplates {
  /**
   * Makes the template so. Errors: FIELD_CONFLICT (details.managers), MANIFEST_REFUSED, NAMESPACE_NOT_FOUND,
   * CRD_MISSING, CLUSTER_*, FORBIDDEN.
   */
  setTemplate(template: NewTemplate): Promise<Effect<TemplateView>>;
}
