import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';
import { isInstalled } from '../../scripts/setup.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-setup-'));
  write('package-lock.json', {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0', optional: true },
    },
  });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('isInstalled', () => {
  test('no node_modules: no', () => {
    expect(isInstalled(root)).toBe(false);
  });

  test('a stamp of this lockfile: yes', () => {
    write('node_modules/.sluice-lock-hash', 'abc');
    expect(isInstalled(root, 'abc')).toBe(true);
  });

  test('a stamp of another lockfile: no', () => {
    write('node_modules/.sluice-lock-hash', 'abc');
    expect(isInstalled(root, 'def')).toBe(false);
  });

  test('installed by hand, as npm’s own record says: yes, optional packages aside', () => {
    write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '1.0.0' } } });
    expect(isInstalled(root)).toBe(true);
  });

  test('installed by hand from an older lockfile: no', () => {
    write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '0.9.0' } } });
    expect(isInstalled(root)).toBe(false);
  });
});

test('a missing lockfile ends with a sentence, not a stack trace', () => {
  for (const file of ['setup.mjs', 'bundle.mjs', 'project-node.mjs', 'root.mjs']) copyScript(file);
  cpSync(join(ROOT, 'bin'), join(root, 'bin'), { recursive: true });
  rmSync(join(root, 'package-lock.json'));
  const result = spawnSync(process.execPath, [join(root, 'scripts', 'setup.mjs')], { encoding: 'utf8' });
  expect(result.status).toBe(1);
  expect(result.stderr).toBe('Set-up failed. package-lock.json is missing; get a complete copy of the repository.\n');
});

function copyScript(file: string): void {
  mkdirSync(join(root, 'scripts'), { recursive: true });
  spawnSync('cp', [join(ROOT, 'scripts', file), join(root, 'scripts', file)]);
}

function write(path: string, content: unknown): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}
