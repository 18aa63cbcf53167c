import type { TemplateRef } from './analysis-templates.ts';

/** An AnalysisTemplate as stored, whatever measures its metrics. */
export interface StoredTemplate {
  readonly ref: TemplateRef;
  readonly resourceVersion: string;
  /** As in argoproj.io/v1alpha1. */
  readonly spec: unknown;
}

/** AnalysisTemplates as things to look at. Errors: CRD_MISSING, FORBIDDEN, CLUSTER_*, NAMESPACE_NOT_FOUND. */
export interface TemplatesPort {
  /** `namespace` absent: the whole cluster. */
  list(place: { readonly cluster: string; readonly namespace?: string }): Promise<readonly TemplateRef[]>;
  /** Errors besides: ANALYSIS_TEMPLATE_NOT_FOUND. */
  read(ref: TemplateRef): Promise<StoredTemplate>;
  /** The spec of a ClusterAnalysisTemplate. Errors besides: ANALYSIS_TEMPLATE_NOT_FOUND. */
  readClusterTemplate(ref: { readonly cluster: string; readonly name: string }): Promise<unknown>;
}
