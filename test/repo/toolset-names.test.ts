import { expect, test } from '@jest/globals';
import { SETTINGS, type SettingKey } from '../../src/config/schema.ts';
import { TOOLSETS, TOOLSET_NAMES } from '../../src/toolsets/index.ts';
import { TOOLSET_SETTINGS } from '../../src/toolsets/settings.ts';
import { read, trackedFiles } from './tracked-files.ts';

/**
 * Interfaces that show more of a release or of a delivery than its tools do: live in the terminal, as a file, on the
 * first page. They use commands of that toolset and make no list of toolsets.
 */
const PAGES = [
  'src/cli/delivery-lines.ts',
  'src/cli/delivery-pages.ts',
  'src/cli/watch-delivery.ts',
  'src/cli/release.ts',
  'src/cli/report.ts',
  'src/cli/summary.ts',
  'src/cli/watch-queue.ts',
  'src/cli/watch.ts',
  'src/cli/watch-frame.ts',
  'src/http/rest/report.ts',
  'src/http/rest/openapi-report.ts',
  'src/http/home.ts',
];
/** `release` is also the name of a workflow, of a kind of record, and of a part of the domain. */
const WORDS = TOOLSET_NAMES.filter((name) => name !== 'release');

const sources = trackedFiles().filter((file) => /^(src|scripts)\/.*\.(ts|mjs)$/.test(file));
const toolsetSources = sources.filter((file) => file.startsWith('src/toolsets/'));
/** The names in it are folders of test/. */
const FOLDERS = 'scripts/run-tests/groups.ts';
const joining = sources.filter(
  (file) => file !== FOLDERS && /^(src\/(commands|feeds|mcp|http|cli|entry|config)|scripts)\//.test(file),
);

test('there are sources to look at', () => {
  expect(joining.length).toBeGreaterThan(100);
});

test('only src/toolsets imports the folder of a toolset', () => {
  const guilty = sources.filter(
    (file) =>
      !file.startsWith('src/toolsets/') &&
      !PAGES.includes(file) &&
      TOOLSET_NAMES.some((name) => read(file).includes(`toolsets/${name}/`)),
  );
  expect(guilty).toEqual([]);
});

test('what joins the toolsets names none of them', () => {
  const guilty = joining.filter((file) =>
    WORDS.some(
      (name) => new RegExp(`['"\`]${name}['"\`]`).test(read(file)) || read(file).includes(`toolset === '${name}'`),
    ),
  );
  expect(guilty).toEqual([]);
});

test('the settings of all toolsets are settings, each of one toolset', () => {
  const own = TOOLSETS.flatMap(({ settings }) => Object.entries(settings));
  expect(own.length).toBeGreaterThan(0);
  expect(own.toSorted()).toEqual(Object.entries(TOOLSET_SETTINGS).toSorted());
  expect(own.filter(([key, one]) => SETTINGS[key as SettingKey] !== one)).toEqual([]);
});

test.each(TOOLSETS.map((toolset) => [toolset.name, toolset] as const))(
  '%s is described as a toolset must be',
  (name, toolset) => {
    expect(toolset.about).toMatch(/^[A-Z].*[^.]$/);
    expect(toolset.guidance).toMatch(/\.$/);
    expect(toolset.commands.map((command) => command.toolset)).toEqual(toolset.commands.map(() => name));
    const tools = toolset.commands.map((command) => command.name);
    expect(toolset.rights.flatMap((right) => right.tools ?? []).filter((tool) => !tools.includes(tool))).toEqual([]);
    const foreign = toolsetSources.filter((file) => !file.startsWith(`src/toolsets/${name}/`));
    const reads = (key: string) => foreign.filter((file) => new RegExp(`[.]${key}\\b`).test(read(file)));
    expect(Object.keys(toolset.settings).flatMap(reads)).toEqual([]);
  },
);
