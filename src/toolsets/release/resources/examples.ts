import { readdir, readFile } from 'node:fs/promises';
import { addressOf } from '../../../commands/address.ts';
import type { ResourceKind } from '../../../commands/resource.ts';
import { SluiceError } from '../../../domain/errors.ts';
import { cleanText } from '../../../domain/safe-text.ts';

const FOLDER = new URL('../../../../examples/', import.meta.url);
const SUFFIX = '.yaml';

/** The release files that come with Sluice, as templates for new ones. */
export const examples: ResourceKind = {
  scheme: 'example',
  variables: ['name'],
  title: 'Release file',
  description:
    'A release file that comes with Sluice, to copy from; its fields are those of release_plan and release_start.',
  mimeType: 'application/yaml',
  list: async () =>
    Promise.all(
      (await names()).map(async (name) => ({
        uri: addressOf('example', name),
        name: `Release file: ${name}`,
        description: aboutOf(await content(name)),
      })),
    ),
  complete: () => names(),
  async read(_, [name = '']) {
    if (!(await names()).includes(name))
      throw new SluiceError('PATH_NOT_FOUND', `The example ${cleanText(name, 80)} was not found.`, {
        next: `The examples are ${(await names()).join(', ')}.`,
      });
    return content(name);
  },
};

async function names(): Promise<string[]> {
  return (await readdir(FOLDER))
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .toSorted();
}

const content = (name: string): Promise<string> => readFile(new URL(`${name}${SUFFIX}`, FOLDER), 'utf8');

/** The first sentence of a file. Its first line names the schema, for editors. */
function aboutOf(text: string): string {
  const [line = ''] = text.split('\n').filter((one) => one.startsWith('#') && !one.includes('yaml-language-server'));
  return /^# ?(.*?\.)(\s|$)/.exec(line)?.[1] ?? line.replace(/^# ?/, '');
}
