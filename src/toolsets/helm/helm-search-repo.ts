import { z } from 'zod';
import { versionRange } from '../../contract/helm.ts';
import { parse } from '../../contract/parse.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { FoundChart } from '../../ports/helm.ts';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { reading } from './limits.ts';
import { rowsFields, rowsOutput, rowsPage, rowsText } from './rows-page.ts';

const input = z.strictObject({
  keyword: z
    .string()
    .regex(/^[\w][\w ./-]{0,99}$/, 'must be 1 to 100 letters, digits, spaces, ".", "/", "_" and "-"')
    .describe('A part of the name, the keywords or the description.'),
  versions: z.boolean().optional().describe('Every version, not only the newest.'),
  range: versionRange.optional().describe('Only versions in this range.'),
  ...rowsFields,
});
const output = z.strictObject(rowsOutput);
const COLUMNS = ['name', 'version', 'app_version', 'description'];

export const helmSearchRepo: Command<typeof input, typeof output> = {
  name: 'helm_search_repo',
  title: 'Search the chart repositories',
  description: 'Charts of the repositories that Helm knows (helm_repo_list), as their indexes were read last.',
  kind: 'read',
  idempotent: true,
  toolset: 'helm',
  positional: ['keyword'],
  input,
  output,
  examples: [{ title: 'Charts for a database', input: { keyword: 'postgres' } }],
  touches: touchesNothing,
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { keyword, versions = false, range, ...page }) {
    const found = await context.ports.helm.search(keyword, { versions, range }, reading(context));
    const list = ['helm_search_repo', keyword, versions, range].join(' ');
    return rowsPage(found, list, page, { columns: COLUMNS, row });
  },
  text: (page) => rowsText(page, 'chart with these words in the repositories that Helm knows'),
};

function row({ name, version, appVersion, description }: FoundChart): readonly string[] {
  return [name, version, appVersion, description].map((cell) => cleanText(cell, 160));
}
