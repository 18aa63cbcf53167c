import type { TemplateRef } from './analysis-templates.ts';

/** An AnalysisTemplate as stored, with metrics of any provider. */
export interface StoredTemplate {
  readonly ref: TemplateRef;
  readonly resourceVersion: string;
  /** The spec as defined by argoproj.io/v1alpha1. */
  readonly spec: unknown;
}

/** Read access to AnalysisTemplates. Errors: CRD_MISSING, FORBIDDEN, CLUSTER_*, NAMESPACE_NOT_FOUND. */
export interface TemplatesPort {
  /** Without `namespace` it lists the whole cluster. */
  list(place: { readonly cluster: string; readonly namespace?: string }): Promise<readonly TemplateRef[]>;
  /** Further errors: ANALYSIS_TEMPLATE_NOT_FOUND. */
  read(ref: TemplateRef): Promise<StoredTemplate>;
  /** The spec of a ClusterAnalysisTemplate. Further errors: ANALYSIS_TEMPLATE_NOT_FOUND. */
  readClusterTemplate(ref: { readonly cluster: string; readonly name: string }): Promise<unknown>;
}
