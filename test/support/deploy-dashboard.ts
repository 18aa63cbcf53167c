import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHART } from './deploy-chart.ts';

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

/** The queries of the dashboard, for all namespaces, with the title of their panel. */
export function dashboardQueries(): readonly (readonly [title: string, query: string])[] {
  const { panels } = JSON.parse(readFileSync(join(CHART, 'files/dashboard.json'), 'utf8')) as Dashboard;
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => [title, expr.replaceAll('$namespace', '.*')] as const),
  );
}
