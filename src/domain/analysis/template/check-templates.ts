import type { TemplateMetric } from '../metric-spec.ts';
import type { ArgumentValues } from '../query-arguments.ts';
import type { Check } from '../../release/plan.ts';
import { resolveTemplate } from './resolve.ts';
import { leastMs, type ResolvedTemplate } from './resolved.ts';

/** A template as preflight read it, or the reason why it could not be read. */
export interface TemplateFacts {
  readonly metric: TemplateMetric;
  readonly spec?: unknown;
  readonly problem?: string;
}

export interface CheckedTemplates {
  readonly checks: readonly Check[];
  readonly templates: readonly ResolvedTemplate[];
}

/** Resolves every template of a release. `patienceMs`: how long a step is judged before a decision is requested. */
export function checkTemplates(
  facts: readonly TemplateFacts[],
  values: ArgumentValues,
  patienceMs: number,
): CheckedTemplates {
  const checked = facts.map((one) => checkTemplate(one, values, patienceMs));
  return {
    checks: checked.map(({ check }) => check),
    templates: checked.flatMap(({ template }) => (template ? [template] : [])),
  };
}

function checkTemplate(
  { metric, spec, problem }: TemplateFacts,
  values: ArgumentValues,
  patienceMs: number,
): { check: Check; template?: ResolvedTemplate } {
  const name = `template ${metric.template}`;
  const kind = metric.clusterScope ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate';
  const bad = (detail: string, next: string) => ({ check: { name, ok: false, detail, next } });
  if (problem !== undefined) return bad(problem, 'Create it, or correct `template` and `cluster_scope` of the metric.');
  const resolution = resolveTemplate(spec, metric, values);
  if ('problems' in resolution)
    return bad(
      `${kind} ${metric.template}: ${resolution.problems.join('; ')}`,
      'Change the template, or judge by metrics of the release file.',
    );
  const { template } = resolution;
  const slow = template.metrics.find((one) => leastMs(one) > patienceMs);
  if (slow)
    return bad(
      `${kind} ${metric.template}: ${slow.name} takes ${Math.ceil(leastMs(slow) / 1000)} s, but a step is judged for ${patienceMs / 1000} s before somebody is asked`,
      'Raise analysis.soak or analysis.hold, or measure less often.',
    );
  const shown = template.metrics.map((one) => `${one.name}${one.dryRun ? ' (dry run)' : ''}`).join(', ');
  return {
    check: {
      name,
      ok: true,
      detail: `${kind} ${metric.template}: ${shown}, evaluated as Argo would, from the Prometheus of this server`,
    },
    template,
  };
}
