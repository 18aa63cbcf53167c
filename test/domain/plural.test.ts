import { expect, test } from '@jest/globals';
import { plural } from '../../src/domain/plural.ts';
import { withoutWho, withWho } from '../../src/domain/with-who.ts';

test.each([
  [0, 'poll', undefined, '0 polls'],
  [1, 'minute', undefined, '1 minute'],
  [2, 'minute', undefined, '2 minutes'],
  [1200, 'request', undefined, '1,200 requests'],
  [2, 'series', 'series', '2 series'],
] as const)('%d %s', (count, one, many, text) => {
  expect(plural(count, one, many)).toBe(text);
});

test('a person is named once', () => {
  expect(withWho('paused', 'cli:ada')).toBe('paused (cli:ada)');
  expect(withWho('aborted by cli:ada: slow', 'cli:ada')).toBe('aborted by cli:ada: slow');
  expect(withWho('judging', undefined)).toBe('judging');
  expect(withoutWho('aborted by cli:ada: slow', 'cli:ada')).toBe('aborted: slow');
});
