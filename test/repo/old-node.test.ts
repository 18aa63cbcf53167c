import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';

/** Where a system's own Node usually is. The tests below need one that is too old for the product. */
const CANDIDATES = ['/usr/bin/node', '/usr/local/bin/node', '/opt/homebrew/bin/node'];
const old = CANDIDATES.find((path) =>
  isTooOld(spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout),
);
const onOldNode = old === undefined ? describe.skip : describe;

onOldNode('bin/sluice.mjs on a Node that is too old', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-old-node-'));
  const run = (root: string, args: string[]) =>
    spawnSync(old ?? '', [join(root, 'bin', 'sluice.mjs'), ...args], { encoding: 'utf8' });

  beforeAll(() => cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('without packages it says how to install them, in one line', () => {
    const { status, stderr } = run(folder, ['--version']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^sluice: its packages are not installed\. .*22\.19.*\n$/);
  });

  test('without a newer Node beside it, it says which Node it needs, in one line', () => {
    mkdirSync(join(folder, 'node_modules', 'commander'), { recursive: true });
    const { status, stderr } = run(folder, ['--version']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^sluice: needs Node 22\.19 or newer; this is \d+\.\d+\.\d+\.\n$/);
  });

  test('in the repository it goes on with the Node that is installed there', () => {
    const { status, stdout } = run(ROOT, ['--version']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });
});

test('the scripts that run before set-up have syntax that Node 18 knows', () => {
  for (const name of ['setup', 'bundle', 'project-node', 'root', 'test', 'start', 'bench', 'check', 'docs']) {
    const { status, stderr } = spawnSync(old ?? process.execPath, ['--check', join(ROOT, 'scripts', `${name}.mjs`)], {
      encoding: 'utf8',
    });
    expect([name, status, stderr]).toEqual([name, 0, '']);
  }
});

function isTooOld(version: string | null): boolean {
  const [major = 0, minor = 0] = (version ?? '').trim().split('.').map(Number);
  return major > 0 && (major < 22 || (major === 22 && minor < 19));
}
