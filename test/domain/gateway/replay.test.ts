import { expect, test } from '@jest/globals';
import { differencesOf } from '../../../src/domain/gateway/replay.ts';

const text = (value: unknown) => ({
  content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }],
});
const differences = (blue: unknown, green: unknown, changing: readonly string[] = [], blueAgain = blue) =>
  differencesOf({ blue, blueAgain, green }, changing).map(({ path, what }) => `${path} ${what}`);

test.each<[string, unknown, unknown, string[]]>([
  ['equal answers', text('same'), text('same'), []],
  ['another text', text('one'), text('two'), ['content[].text has another value']],
  ['a lost field', text({ a: 1, b: 2 }), text({ a: 1 }), ['content[].text.b is missing']],
  ['a further field', text({ a: 1 }), text({ a: 1, b: 2 }), []],
  [
    'another type',
    { structuredContent: { n: 1 } },
    { structuredContent: { n: '1' } },
    ['structuredContent.n is string, was number'],
  ],
  ['null in place of a value', { a: 1 }, { a: null }, ['a is null, was number']],
  ['a shorter list', { a: [1, 2] }, { a: [1] }, ['a[] has another value']],
  ['an empty list', { a: [1] }, { a: [] }, ['a[] is missing']],
  ['an object in place of a text', { a: 'x' }, { a: { b: 1 } }, ['a is missing']],
])('%s', (_, blue, green, wanted) => {
  expect(differences(blue, green)).toEqual(wanted);
});

test('what blue itself answers in another way may differ, and its type may not', () => {
  const [once, again] = [text({ id: 1, at: 10 }), text({ id: 1, at: 11 })];
  expect(differences(once, text({ id: 1, at: 12 }), [], again)).toEqual([]);
  expect(differences(once, text({ id: 1, at: 'noon' }), [], again)).toEqual([
    'content[].text.at is string, was number',
  ]);
  expect(differences(text({ id: 1, at: 10 }), text({ id: 1 }), [], text({ id: 1 }))).toEqual([]);
});

test('a path that may change covers what is below it, and nothing beside it', () => {
  const [blue, green] = [
    { a: { b: 1, c: [1] }, ab: 1 },
    { a: { b: 2, c: ['x'] }, ab: 2 },
  ];
  expect(differences(blue, green, ['a'])).toEqual(['ab has another value']);
});
