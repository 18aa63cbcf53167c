import { appendFile } from 'node:fs/promises';
import type { CommandContext } from '../commands/command.ts';
import { cleanText } from '../domain/safe-text.ts';
import { releaseReport } from '../toolsets/release/release-report.ts';
import type { ReportSummary } from '../toolsets/release/report-summary.ts';
import type { CliDeps } from './deps.ts';

/** Verdicts that a summary shows, the newest ones. */
const MAX_VERDICTS = 5;

/**
 * Appends the report of a release to a file as Markdown, as the summaries of CI services want it. What goes wrong is
 * said on stderr and does not change the exit code, which is the outcome of the release.
 */
export async function appendSummary(
  { io }: CliDeps,
  context: CommandContext,
  which: { readonly release_id: string; readonly run_id: string },
  file: string,
): Promise<void> {
  try {
    const { report, page } = await releaseReport.run(context, which);
    await appendFile(file, summaryOf({ ...report, page } as ReportSummary));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    io.err(`The summary was not written to ${cleanText(file, 200)}: ${cleanText(why, 300)}`);
  }
}

/** The release in Markdown. Texts come from other systems, so nothing of them is markup. */
export function summaryOf({
  state,
  image,
  release_id: id,
  summary,
  steps,
  verdicts,
  people,
  notes,
  page,
}: ReportSummary) {
  const rows = steps.map(
    ({ weight, outcome, proved, reported }) =>
      `| ${weight} % | ${outcome ?? (proved || reported ? 'not judged' : 'not reached')} |`,
  );
  const judged = verdicts
    .slice(-MAX_VERDICTS)
    .map(({ weight, outcome, reason }) => `* ${weight} %, ${outcome}: ${plain(reason)}`);
  return [
    `## ${plain(state.replaceAll('-', ' '))}: ${plain(image)}`,
    summary.map(plain).join(' '),
    ...(rows.length > 0 ? ['| weight | verdict |\n|---|---|\n' + rows.join('\n')] : []),
    ...(judged.length > 0 ? [judged.join('\n')] : []),
    ...(people.length > 0 ? [people.map(({ at, who, did }) => `* ${at} ${plain(who)}: ${plain(did)}`).join('\n')] : []),
    ...notes.map(plain),
    `${plain(id)}, [report](${page})\n`,
  ].join('\n\n');
}

/** One line without markup: neither Markdown nor HTML. */
function plain(text: string): string {
  return cleanText(text, 1_000)
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|#~]/g, '\\$&');
}
