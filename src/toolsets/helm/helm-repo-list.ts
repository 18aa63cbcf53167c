import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { reading } from './limits.ts';
import { rowsFields, rowsOutput, rowsPage, rowsText } from './rows-page.ts';

const input = z.strictObject(rowsFields);
const output = z.strictObject(rowsOutput);

export const helmRepoList: Command<typeof input, typeof output> = {
  name: 'helm_repo_list',
  title: 'List chart repositories',
  description: 'The chart repositories that Helm knows, with their addresses.',
  kind: 'read',
  idempotent: true,
  toolset: 'helm',
  input,
  output,
  examples: [{ title: 'Known repositories', input: {} }],
  touches: touchesNothing,
  check: (raw) => parse(input, raw ?? {}),
  async run(context, page) {
    const all = await context.ports.helm.repositories(reading(context));
    const row = ({ name, url }: (typeof all)[number]) => [cleanText(name, 100), maskSecrets(cleanText(url, 300))];
    return rowsPage(all, 'helm_repo_list', page, { columns: ['name', 'url'], row });
  },
  text: (page) => rowsText(page, 'chart repository'),
};
