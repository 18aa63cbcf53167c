import type { Effect } from '../domain/effect.ts';

/**
 * A metric of an AnalysisTemplate that Argo reads from Prometheus. Times are Go durations. Limits are texts when they
 * contain arguments.
 */
export interface TemplateMetric {
  readonly name: string;
  readonly query: string;
  /** If absent, ARGO_ROLLOUTS_PROMETHEUS_ADDRESS of the Argo controller applies. */
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
  /** If absent, the Rollout has to give it. */
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
  /** Takes fields over from other field managers. */
  readonly takeOver: boolean;
}

export interface AnalysisTemplates {
  /**
   * Creates or updates the template. Errors: FIELD_CONFLICT (details.managers), MANIFEST_REFUSED, NAMESPACE_NOT_FOUND,
   * CRD_MISSING, CLUSTER_*, FORBIDDEN.
   */
  setTemplate(template: NewTemplate): Promise<Effect<TemplateView>>;
}
