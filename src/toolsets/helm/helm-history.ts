import { z } from 'zod';
import { helmReleaseFields } from '../../contract/helm.ts';
import { parse } from '../../contract/parse.ts';
import { chartText, releaseText } from '../../domain/helm/release.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import type { HelmRecord } from '../../ports/helm-releases.ts';
import { recordOf, recordsOf, releaseAt } from './revisions.ts';
import { rowsFields, rowsOutput, rowsPage, rowsText } from './rows-page.ts';

const input = z.strictObject({ ...helmReleaseFields, ...rowsFields });
const output = z.strictObject(rowsOutput);
const COLUMNS = ['revision', 'updated', 'status', 'chart', 'app_version', 'description'];

export const helmHistory: Command<typeof input, typeof output> = {
  name: 'helm_history',
  title: 'Revisions of a release of Helm',
  description: 'The revisions of a release that Helm has kept, newest first, with chart, status and what came of each.',
  kind: 'read',
  idempotent: true,
  toolset: 'helm',
  input,
  output,
  examples: [{ title: 'Revisions of site', input: { namespace: 'shop', name: 'site' } }],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, asked) {
    const at = await releaseAt(context, asked);
    const records = await recordsOf(context, at);
    recordOf(at, records);
    const row = (record: HelmRecord) => rowOf(context, record);
    return rowsPage(records, `helm_history ${at.cluster} ${releaseText(at)}`, asked, { columns: COLUMNS, row });
  },
  text: (page) => rowsText(page, 'revision'),
};

async function rowOf({ ports }: CommandContext, record: HelmRecord): Promise<readonly string[]> {
  const { chart, updated, description } = await ports.helmReleases.open(record);
  const cells = [String(record.revision), updated.slice(0, 19), record.status, chartText(chart), chart.appVersion];
  return [...cells, maskSecrets(description)].map((cell) => cleanText(cell, 200));
}
