import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';
import { GROUPS, isAskedFor } from '../../scripts/run-tests/groups.ts';

test('every folder under test/ that holds tests is in exactly one group', () => {
  const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.test.ts'),
  );
  const folders = new Set(files.map((path) => path.split(/[\\/]/)[0]));
  const grouped = GROUPS.flatMap((group) => group.folders);

  expect([...folders].filter((folder) => !grouped.includes(folder ?? ''))).toEqual([]);
  expect(new Set(grouped).size).toBe(grouped.length);
});

test('a group on request runs where a path names it, and nowhere else', () => {
  const names = (...args: readonly string[]) =>
    GROUPS.filter((group) => isAskedFor(group, args)).map(({ name }) => name);

  expect(names()).not.toContain('real pods');
  expect(names('test/domain', '-t', 'abort')).not.toContain('real pods');
  expect(names('test/real-pods')).toContain('real pods');
  expect(names('test/real-pods/canary.test.ts')).toContain('real pods');
  expect(names()).toHaveLength(GROUPS.filter(({ onRequest }) => !onRequest).length);
});
