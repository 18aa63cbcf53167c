import { expect, test } from '@jest/globals';
import { toTable } from '../../src/cli/table.ts';

test('what says how the answer was made comes after the answer', () => {
  const answer = { total: 1, source: 'watch', resource_version: '7', age_ms: 3, rollouts: [{ name: 'web' }] };

  expect(toTable(answer)).toBe(
    ['total  1', 'rollouts:\nNAME\nweb', 'source            watch\nresource_version  7\nage_ms            3'].join(
      '\n\n',
    ),
  );
});

test('a list alone has no title, and an empty one says that there is nothing', () => {
  expect(toTable({ rollouts: [{ name: 'web' }] })).toBe('NAME\nweb');
  expect(toTable({ rollouts: [], age_ms: 3 })).toBe('(none)\n\nage_ms  3');
});
