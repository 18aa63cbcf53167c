import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { CLUSTER_KEYS, entryKey } from '../../src/config/clusters.ts';
import { fileKey, SETTING_KEYS } from '../../src/config/schema.ts';
import { LOG_NAMES } from '../../src/domain/servers/events.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { createProgram } from '../../src/cli/program.ts';
import type { CliDeps } from '../../src/cli/deps.ts';
import { parseReleaseFile, releaseFile } from '../../src/contract/release-file.ts';
import { RELEASE_STATES } from '../../src/domain/release/state.ts';
import { COMMANDS } from '../../src/domain/release/command.ts';
import { ROOT } from '../../scripts/root.mjs';
import { read, trackedFiles } from './tracked-files.ts';

const pages = trackedFiles().filter((path) => path.endsWith('.md') && !path.startsWith('test/'));
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts);
/** All code but this folder: a name that occurs nowhere in it is not read by anything. */
const code = trackedFiles()
  .filter((path) => /\.(ts|mjs)$/.test(path) && !path.startsWith('test/repo/'))
  .map(read)
  .join('\n');
/** Names of log lines, which begin as names of tools do. */
const LOGGED: readonly string[] = Object.values(LOG_NAMES);
/** Names of fields, metrics and settings that look like tools. */
const FIELDS = [
  'release_id',
  'traefik_service',
  'argo_weight',
  'traefik_service_requests_total',
  'traefik_router_requests_total',
  ...SETTING_KEYS.map(fileKey),
  ...CLUSTER_KEYS.map(entryKey),
];
const program = createProgram({ version: '' } as unknown as CliDeps);

describe.each(pages)('%s', (page) => {
  const text = read(page);

  test('every link to a file of the repository leads somewhere', () => {
    const targets = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([]);
  });

  test('every npm script that it names exists', () => {
    const named = [...text.matchAll(/`?npm (?:run ([a-z:-]+)|(test|start))/g)].map(
      ([, run, short]) => run ?? short ?? '',
    );
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });

  test('every sluice command that it names exists', () => {
    const named = [...text.matchAll(/(?:node bin\/sluice\.mjs|`sluice) ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)/g)].map(
      ([, words = '']) => words.split(' '),
    );
    expect(named.filter((words) => !commandExists(words))).toEqual([]);
  });

  test('every setting that it names occurs in the code, and every tool exists', () => {
    const settings = [...text.matchAll(/\b(?:MCP|ARGO|SLUICE|TRAEFIK)_[A-Z_]+[A-Z]\b/g)].map(([name]) => name);
    const tools = [...text.matchAll(/\b(?:release|argo|traefik|mcp_server)_[a-z_]+\b/g)]
      .map(([name]) => name)
      .filter((name) => !FIELDS.includes(name) && !LOGGED.includes(name));
    expect(settings.filter((name) => !code.includes(name))).toEqual([]);
    expect(tools.filter((name) => !CATALOGUE.some((command) => command.name === name))).toEqual([]);
  });
});

describe('README.md', () => {
  const text = read('README.md');

  test('its release file is one', () => {
    const [, yaml = ''] = /```yaml\n([\s\S]+?)```/.exec(text) ?? [];
    expect(() => parseReleaseFile(releaseFile, parse(yaml), 'canary')).not.toThrow();
  });

  test('its client configurations are JSON', () => {
    const blocks = [...text.matchAll(/```json\n([\s\S]+?)```/g)].map(([, json = '']) => JSON.parse(json) as object);
    expect(blocks.length).toBe(2);
  });
});

describe('docs/temporal-ui.md', () => {
  const text = read('docs/temporal-ui.md');

  test('its table names every signal', () => {
    expect(firstColumn(text, '| signal | effect |')).toEqual(new Set<string>(COMMANDS));
  });

  test('its table names every state', () => {
    expect(firstColumn(text, '| `SluiceState` | meaning |')).toEqual(new Set<string>(RELEASE_STATES));
  });
});

test('the runbook of docs/operations.md has every state of a release', () => {
  const [, table = ''] = /\| what you see \|[^\n]*\n\|-[^\n]*\n((?:\|.*\n)+)/.exec(read('docs/operations.md')) ?? [];
  const seen = table.split('\n').map((row) => row.split('|')[1] ?? '');

  expect(RELEASE_STATES.filter((state) => !seen.some((cell) => cell.includes(`\`${state}`)))).toEqual([]);
});

test('docs/docker.md says that the Compose file was not run', () => {
  expect(read('docs/docker.md')).toMatch(/file was not run yet/);
});

/** The names in backquotes in the first column of the table with this head. */
function firstColumn(text: string, head: string): Set<string> {
  const [, table = ''] = text.split(`${head}\n`);
  const rows = table.slice(0, table.indexOf('\n\n')).split('\n');
  return new Set(
    rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name)),
  );
}

/** The first word must be a command; a second one too, when the first is a group. */
function commandExists([first = '', second]: string[]): boolean {
  const command = program.commands.find((candidate) => [candidate.name(), ...candidate.aliases()].includes(first));
  if (!command) return false;
  return (
    command.commands.length === 0 || second === undefined || command.commands.some((child) => child.name() === second)
  );
}
