import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { createPrograms } from '../../src/adapters/programs/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-programs-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const name of ['runs', 'tool.CMD', 'text']) writeFileSync(join(folder, name), '');
for (const name of ['runs', 'tool.CMD']) chmodSync(join(folder, name), 0o755);
mkdirSync(join(folder, 'a-folder'));

test.each([
  ['runs', true],
  ['text', false],
  ['a-folder', false],
  ['missing', false],
  [join(folder, 'runs'), true],
  [join(folder, 'missing'), false],
])('whether %s is a program', async (command, expected) => {
  expect(await createPrograms({ PATH: `/nowhere:${folder}` }).exists(command)).toBe(expected);
});

test('the path of the version itself is the one that counts, and Windows has endings', async () => {
  expect(await createPrograms({ PATH: folder }).exists('runs', '/nowhere')).toBe(false);
  expect(await createPrograms({ PATH: folder, PATHEXT: '.EXE;.CMD' }, 'win32').exists('tool')).toBe(true);
});
