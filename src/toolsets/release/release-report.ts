import { z } from 'zod';
import { toReportFile } from '../../contract/release-report.ts';
import type { Command } from '../../commands/command.ts';
import { readReport } from './read-report.ts';
import { serverAddress } from '../../commands/server-address.ts';
import { REPORT_FORMATS } from '../../domain/report/report-address.ts';
import { summaryOf, type ReportSummary } from './report-summary.ts';
import { checkWhich, idOf, whichRelease } from '../../commands/which-release.ts';
import { odds } from '../../domain/analysis/odds.ts';

const input = z.strictObject({ ...whichRelease, run_id: z.string().max(100).optional().describe('An earlier run.') });
// The schema is loose: a report explains itself, and every byte of a schema is in every agent's context.
const output = z.strictObject({
  report: z.record(z.string(), z.unknown()),
  page: z.string(),
});

export const releaseReport: Command<typeof input, typeof output> = {
  name: 'release_report',
  title: 'Report on a release',
  description: 'Evidence, verdicts and people of a running or past release, and the address of the full page.',
  kind: 'read',
  idempotent: true,
  toolset: 'release',
  input,
  output,
  examples: [{ title: 'The latest release of a target', input: { target: { namespace: 'shop', rollout: 'web' } } }],
  check: (raw) => checkWhich(input, raw),
  async run(context, which) {
    const read = await readReport(context, await idOf(context, which), which.run_id);
    const { page, ...report } = summaryOf(read, serverAddress(context.settings));
    return { report, page };
  },
  text: ({ report, page }) => summaryText({ ...report, page } as ReportSummary),
};

function summaryText({
  release_id: id,
  state,
  summary,
  reason,
  image,
  steps,
  evidence,
  verdicts,
  people,
  notes,
  page,
}: ReportSummary): string {
  const worse = evidence
    ? [`Worse, all questions together: odds ${oddsText(evidence.worse_odds)}, ${oddsText(evidence.needed_odds)} needed`]
    : [];
  const proofs =
    evidence?.not_worse.map(
      ({ question, odds: value, proved }) =>
        `Not worse, ${question} alone: odds ${oddsText(value)}${proved ? ', proved' : `, ${oddsText(evidence.needed_odds)} needed`}`,
    ) ?? [];
  return [
    `${state}: ${image}, ${id}`,
    ...summary,
    reason,
    `Steps: ${steps.map(({ weight, outcome }) => `${weight} %${outcome === undefined ? '' : ` ${outcome}`}`).join(', ') || 'none'}`,
    ...worse,
    ...proofs,
    ...verdicts
      .filter(({ by, outcome }) => by !== 'guard' || outcome === 'fail')
      .slice(-3)
      .map(({ weight, outcome, reason: why }) => `Verdict at ${weight} %: ${outcome}: ${why}`),
    ...people.slice(-5).map(({ who, did, at }) => `${at.slice(11, 19)} ${who} ${did}`),
    ...notes,
    `Page: ${page}`,
  ].join('\n');
}

/** The summary has numbers; people read the words of the other pages. */
const oddsText = (value: number): string => odds(Math.log(value));

const fileInput = z.strictObject({ ...input.shape, format: z.enum(REPORT_FORMATS).optional() });
const fileOutput = z.strictObject({ type: z.string(), text: z.string() });

/**
 * The whole report as a file. It is in no list. Interfaces that can return files call it, with the name and the access
 * rules of the tool.
 */
export const reportFile: Command<typeof fileInput, typeof fileOutput> = {
  name: releaseReport.name,
  title: releaseReport.title,
  description: releaseReport.description,
  kind: 'read',
  idempotent: true,
  toolset: 'release',
  input: fileInput,
  output: fileOutput,
  examples: [],
  check: (raw) => checkWhich(fileInput, raw),
  async run(context, which) {
    const report = await readReport(context, await idOf(context, which), which.run_id);
    if (which.format === 'json')
      return { type: 'application/json; charset=utf-8', text: `${JSON.stringify(toReportFile(report), null, 1)}\n` };
    // The page's code is loaded only when a page is requested.
    const { renderPage } = await import('../../report/page.ts');
    return { type: 'text/html; charset=utf-8', text: renderPage(report) };
  },
  text: ({ text }) => text,
};
