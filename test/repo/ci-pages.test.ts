import { describe, expect, test } from '@jest/globals';
import type { Command as Cli } from 'commander';
import { parseAllDocuments } from 'yaml';
import type { CliDeps } from '../../src/cli/deps.ts';
import { createProgram } from '../../src/cli/program.ts';
import { parseReleaseFile, releaseFile } from '../../src/contract/release-file.ts';
import { toReleaseSpec } from '../../src/contract/release-spec.ts';
import { ERRORS } from '../../src/domain/errors.ts';
import { RELEASE_EXITS, SIGNAL_EXITS } from '../../src/domain/release/exit-code.ts';
import { DEFAULTS } from '../support/fake-gateway.ts';
import { read } from './tracked-files.ts';

const PAGES = ['docs/ci.md', 'docs/gitops.md'];
const program = createProgram({ version: '' } as unknown as CliDeps);
const yamlOf = (page: string): readonly string[] =>
  [...read(page).matchAll(/```yaml\n([\s\S]+?)```/g)].map(([, text = '']) => text);

describe.each(PAGES)('%s', (page) => {
  test('its YAML is YAML', () => {
    const problems = yamlOf(page).flatMap((text) => parseAllDocuments(text).flatMap(({ errors }) => errors));
    expect([yamlOf(page).length > 0, problems]).toEqual([true, []]);
  });

  test('every option of a sluice command in it exists', () => {
    const commands = [...read(page).matchAll(/(?:^|\s)(?:sluice|\S*bin\/sluice\.mjs) (release [a-z]+)( .*)?$/gm)];
    const unknown = commands.flatMap(([, words = '', rest = '']) => {
      const known = optionsOf(words.split(' '));
      return [...rest.matchAll(/(?<=\s)--?[a-z][a-z-]*/g)].filter(([option]) => !known.includes(option));
    });
    expect([commands.length > 0, unknown]).toEqual([true, []]);
  });
});

function optionsOf(words: readonly string[]): readonly (string | undefined)[] {
  const command = words.reduce<Cli | undefined>(
    (cli, word) => cli?.commands.find((child) => child.name() === word),
    program,
  );
  return command?.options.flatMap(({ short, long }) => [short, long]) ?? [];
}

test('a release with the values of docs/ci.md never asks a person', () => {
  const values = parseAllDocuments(yamlOf('docs/ci.md')[0] ?? '')[0]?.toJS() as object;
  const file = parseReleaseFile(
    releaseFile,
    { target: { namespace: 'a', rollout: 'b' }, image: 'c:d', ...values },
    'canary',
  );
  const spec = toReleaseSpec({ ...file, strategy: 'canary' }, 'prod', { ...DEFAULTS, requireManualPromotion: true });

  expect([spec.manualPromotion, spec.approval, spec.autoRollback]).toEqual([false, false, true]);
  for (const policy of ['no-data', 'too-little-traffic', 'inconclusive'] as const)
    expect(['extend', 'rollback']).toContain(spec.analysis.policies?.[policy]);
});

test('the exit codes of docs/ci.md are those of the program', () => {
  const [, table = ''] = /\| exit \|[^\n]*\n\|-[^\n]*\n((?:\|.*\n)+)/.exec(read('docs/ci.md')) ?? [];
  const codes = table.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/\d+/g)].map(Number));
  const known = [
    ...Object.values(RELEASE_EXITS).map(({ exit }) => exit as number),
    ...Object.values(SIGNAL_EXITS),
    ERRORS.PREFLIGHT_FAILED.exit,
  ];

  expect(known.filter((code) => !codes.includes(code))).toEqual([]);
  expect(codes.filter((code) => !known.includes(code))).toEqual([]);
});
