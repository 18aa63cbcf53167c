import type { ResourceKind } from '../../../commands/resource.ts';
import { reportFile } from '../release-report.ts';
import type { ReportFormat } from '../../../domain/report/report-address.ts';
import { releases } from './releases.ts';

/**
 * The report of the latest release of a target. Reports are not listed: each listed release has one, at the same
 * address with this scheme.
 */
const kind = (
  scheme: string,
  format: ReportFormat,
  about: Pick<ResourceKind, 'title' | 'description' | 'mimeType'>,
): ResourceKind => ({
  ...about,
  scheme,
  variables: releases.variables,
  list: () => Promise.resolve([]),
  complete: (...args) => releases.complete(...args),
  namespace: ([, namespace]) => namespace,
  async read(context, [cluster, namespace, rollout]) {
    const input = reportFile.check({ target: { cluster, namespace, rollout }, format }, context.settings);
    return (await reportFile.run(context, input)).text;
  },
});

export const reports = kind('report', 'json', {
  title: 'Report on a release',
  description:
    'The whole report on the latest release of a target: weights, both versions side by side, evidence, verdicts, people, events and queries.',
  mimeType: 'application/json',
});

export const reportPages = kind('report-page', 'html', {
  title: 'Report on a release, as a page',
  description: 'The report for people: one HTML file without scripts, nothing to fetch.',
  mimeType: 'text/html',
});
