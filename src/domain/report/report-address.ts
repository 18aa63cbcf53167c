import type { Target } from '../release/target.ts';

export const REPORT_FORMATS = ['html', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** The path at which the HTTP server has the report of a run. */
export function reportPath({ cluster, namespace, rollout }: Target, run: string, format: ReportFormat): string {
  return `/engine/v1/releases/${[cluster, namespace, rollout].map(encodeURIComponent).join('/')}/report.${format}?run_id=${encodeURIComponent(run)}`;
}
