import { expect, test } from '@jest/globals';
import type { Command as Cli } from 'commander';
import { parseAllDocuments } from 'yaml';
import type { CliDeps } from '../../src/cli/deps.ts';
import { createProgram } from '../../src/cli/program.ts';
import { read, trackedFiles } from './tracked-files.ts';

const TEMPLATES = trackedFiles().filter((path) => path.startsWith('examples/ci/'));
const program = createProgram({ version: '' } as unknown as CliDeps);
const ARGO = 'examples/ci/argo-workflow.yaml';

test('there is a template for each system', () => {
  expect(TEMPLATES).toEqual([
    ARGO,
    'examples/ci/github/check.yml',
    'examples/ci/github/deliver.yml',
    'examples/ci/github/dependabot.yml',
    'examples/ci/gitlab-ci.yml',
  ]);
});

test.each(TEMPLATES)('%s is YAML without two equal keys', (path) => {
  expect(parseAllDocuments(read(path), { uniqueKeys: true }).flatMap(({ errors }) => errors)).toEqual([]);
});

/** The arguments of a call of Sluice. Words that are variables count as arguments. */
function problemsOf(words: readonly string[]): readonly string[] {
  const depth = words.findIndex((_, index) => commandOf(words.slice(0, index + 1)) === undefined);
  const path = depth === -1 ? words : words.slice(0, depth);
  const command = commandOf(path);
  if (path.length === 0 || !command) return [`there is no command ${words.join(' ')}`];
  const known = command.options.flatMap(({ short, long }) => [short, long]);
  const wrong = words.filter((word) => word.startsWith('-') && !known.includes(word));
  return wrong.map((word) => `${path.join(' ')} has no ${word}`);
}

function commandOf(words: readonly string[]): Cli | undefined {
  return words.reduce<Cli | undefined>((cli, word) => cli?.commands.find((child) => child.name() === word), program);
}

/** The calls of a template: those of a shell, or the argument lists of a container. */
function callsOf(path: string): readonly (readonly string[])[] {
  const text = read(path);
  if (path !== ARGO) return [...text.matchAll(/bin\/sluice\.mjs (.+)$/gm)].map(([, call = '']) => call.split(' '));
  interface Template {
    readonly container?: { readonly image: string; readonly args: readonly string[] };
  }
  const { spec } = parseAllDocuments(text)[0]?.toJS() as { spec: { templates: readonly Template[] } };
  const own = spec.templates.filter(({ container }) => container?.image.includes('/sluice'));
  const options = [...text.matchAll(/value: (--\S+)/g)].map(([, option = '']) => option);
  return own.flatMap(({ container }) => options.map((option) => [...(container?.args.slice(0, -1) ?? []), option]));
}

test.each(TEMPLATES.filter((path) => !path.includes('dependabot')))(
  '%s calls commands and options that exist',
  (path) => {
    const calls = callsOf(path);
    expect([calls.length > 0, calls.flatMap(problemsOf)]).toEqual([true, []]);
  },
);

test('a command or an option that does not exist is found', () => {
  expect(problemsOf(['onboard', '"$URL"', '--plans'])).toEqual(['onboard has no --plans']);
  expect(problemsOf(['onboards'])).toEqual(['there is no command onboards']);
});
