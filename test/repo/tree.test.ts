import { basename } from 'node:path';
import { expect, test } from '@jest/globals';
import { read, trackedFiles } from './tracked-files.ts';

const files = trackedFiles();
const sources = files.filter((path) => /\.(ts|mjs|cjs|js)$/.test(path));

test('source files are named in kebab-case', () => {
  const odd = sources.filter(
    (path) => !/^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.(ts|mjs|cjs|js)$/.test(basename(path)),
  );
  expect(odd).toEqual([]);
});

test('no file is named utils, helpers or manager', () => {
  expect(files.filter((path) => /(^|[/-])(utils?|helpers?|managers?)(\.|\/|-)/.test(path))).toEqual([]);
});

test('no path of one machine and no private registry is in a tracked file', () => {
  const texts = files.filter(
    (path) => !/\.(png|jpg|webp|gz|tgz|wasm)$/.test(path) && path !== 'test/repo/tree.test.ts',
  );
  const found = texts.flatMap((path) => machineTraces(read(path)).map((trace) => `${path}: ${trace}`));
  expect(found).toEqual([]);
});

/** Home folders, this project's own work folders, and settings that point package managers elsewhere. */
function machineTraces(text: string): string[] {
  const traces = [
    /\/(?:work|home\/[a-z]+|Users\/[A-Za-z]+|root)\/(?:main|shared|\.pyenv|\.cache|\.npm|go\/)[^\s'"`]*/g,
    /^\s*(?:registry|index-url|GOPROXY)\s*=.*$/gm,
  ];
  return traces.flatMap((trace) => [...text.matchAll(trace)].map(([match]) => match));
}
