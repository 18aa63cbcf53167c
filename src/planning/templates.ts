import { SluiceError } from '../domain/errors.ts';
import type { TemplateMetric } from '../domain/analysis/metric-spec.ts';
import type { TemplateFacts } from '../domain/analysis/template/check-templates.ts';
import type { ReleaseSpec } from '../domain/release/plan.ts';
import type { TemplatesPort } from '../ports/templates.ts';

/**
 * Argo's templates that a release names. A missing template is a fact, not an error. Errors: CLUSTER_*, CRD_MISSING,
 * FORBIDDEN.
 */
export function readTemplates(
  templates: TemplatesPort,
  { target, analysis }: Pick<ReleaseSpec, 'target' | 'analysis'>,
): Promise<readonly TemplateFacts[]> {
  const named = (analysis.metrics ?? []).filter((metric): metric is TemplateMetric => metric.kind === 'template');
  return Promise.all(named.map((metric) => readTemplate(templates, target, metric)));
}

async function readTemplate(
  templates: TemplatesPort,
  { cluster, namespace }: ReleaseSpec['target'],
  metric: TemplateMetric,
): Promise<TemplateFacts> {
  const name = metric.template;
  try {
    return {
      metric,
      spec: metric.clusterScope
        ? await templates.readClusterTemplate({ cluster, name })
        : (await templates.read({ cluster, namespace, name })).spec,
    };
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'ANALYSIS_TEMPLATE_NOT_FOUND')
      return { metric, problem: error.message };
    throw error;
  }
}
