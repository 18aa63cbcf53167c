import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';
import { read, trackedFiles } from './tracked-files.ts';

const files = trackedFiles().filter((path) => path.startsWith('findings/'));
const page = read('docs/findings.md');
/** An exact version, as pip, npm or Go write it: 1.2.3, v1.2.3. */
const VERSION = /(?:==|@|@v| v?)\d+\.\d+\.\d+/;

test('the folder holds scripts only, and enough of them for this test to mean something', () => {
  expect(files.filter((path) => !path.endsWith('.sh'))).toEqual([]);
  expect(files.length).toBeGreaterThan(10);
});

describe.each(files)('%s', (path) => {
  const text = read(path);
  const header = text.slice(0, text.indexOf('\nset -euo pipefail\n'));

  test('it is executable and bash can parse it', () => {
    expect(statSync(join(ROOT, path)).mode & 0o111).toBe(0o111);
    expect(spawnSync('bash', ['-n', join(ROOT, path)], { encoding: 'utf8' }).stderr).toBe('');
  });

  test('the header states the finding, pinned packages, what the script needs, and the output seen', () => {
    for (const field of ['Finding', 'Packages', 'Needs']) expect(header).toMatch(new RegExp(`^# ${field}: \\S`, 'm'));
    const packages = /^# Packages: ([^]*?)\n# Needs:/m.exec(header)?.[1] ?? '';
    expect(packages).toMatch(VERSION);
    expect(/^# Seen:\n((?:#   .*\n?)+)/m.exec(header)?.[1]).not.toMatch(/^# {3}\(nothing/);
  });

  test('what it installs has an exact version', () => {
    const named = [...text.matchAll(/^(?:npm install|.*pip (?:download|install)|go get|go install) .*(?:\\\n.*)*/gm)]
      .flatMap(([line]) => line.split(/\s+/))
      .filter(
        (word) =>
          !word.startsWith('-') && !/^(?:npm|python3|.*\/?pip|install|download|go|get|\\|>+\S*|2>&1)$/.test(word),
      );
    expect(named).not.toEqual([]);
    expect(named.filter((word) => !/(?:==|@v?)\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(word))).toEqual([]);
  });

  test('it compares what it saw with the header, cleans up, and claims its ports', () => {
    expect(text).toMatch(/^trap /m);
    expect(text).toMatch(/\bdiff <\(sed .* "\$self"\) seen\.txt/);
    expect([...text.matchAll(/(?:127\.0\.0\.1|localhost):([1-9]\d{2,4})\b/g)].map(([found]) => found)).toEqual([]);
  });

  test('it names no registry, no setting of a package manager and no file of the product', () => {
    expect(text).not.toMatch(/\b(?:registry|index-url|extra-index|GOPROXY|GOSUMDB|sluice)\b/i);
    expect(text).not.toMatch(/https?:\/\/(?!127\.0\.0\.1|x['"`]|\$|[\w.$-]+\.example)/);
  });

  test('docs/findings.md has a row that links it', () => {
    expect(page.split('\n').filter((line) => line.includes(`(../findings/${basename(path)})`))).toHaveLength(1);
  });
});

test('docs/findings.md links no script that is missing', () => {
  const linked = [...page.matchAll(/\(\.\.\/(findings\/[^)]+\.sh)\)/g)].map(([, path]) => path);
  expect(linked.filter((path) => !files.includes(path ?? ''))).toEqual([]);
});
