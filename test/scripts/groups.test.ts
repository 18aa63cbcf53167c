import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';
import { GROUPS } from '../../scripts/run-tests/groups.ts';

test('every folder under test/ that holds tests is in exactly one group', () => {
  const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.test.ts'),
  );
  const folders = new Set(files.map((path) => path.split(/[\\/]/)[0]));
  const grouped = GROUPS.flatMap((group) => group.folders);

  expect([...folders].filter((folder) => !grouped.includes(folder ?? ''))).toEqual([]);
  expect(new Set(grouped).size).toBe(grouped.length);
});
