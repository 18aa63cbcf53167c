import { expect, test } from '@jest/globals';
import { parseToml } from '../../../src/domain/onboarding/toml.ts';

const plain = (text: string): unknown => JSON.parse(JSON.stringify(parseToml(text)));

test('tables, dotted and quoted keys, lists over lines, inline tables and all strings', () => {
  const text = `# a comment
name = "web" # another
"a b".c = 'raw \\n'
[project]
dependencies = [
  "mcp[cli]>=1.2", # why
  'x == 1',
]
flag = true
size = 12
text = """
one
two\\tthree"""
[project.scripts]
web = "web:main"
[tool.x]
y = { z = "1", w = ["a", "b"] }
[[tool.list]]
a = 1
[[tool.list]]
a = 2
`;

  expect(plain(text)).toEqual({
    name: 'web',
    'a b': { c: 'raw \\n' },
    project: {
      dependencies: ['mcp[cli]>=1.2', 'x == 1'],
      flag: true,
      size: '12',
      text: 'one\ntwo\tthree',
      scripts: { web: 'web:main' },
    },
    tool: { x: { y: { z: '1', w: ['a', 'b'] } }, list: [{ a: '1' }, { a: '2' }] },
  });
});

test('CRLF line ends and an empty text', () => {
  expect([plain('a = 1\r\nb = 2\r\n'), plain('')]).toEqual([{ a: '1', b: '2' }, {}]);
});

test.each([
  ['a = ', 'line 1: a value is expected'],
  ['a = "x', 'line 1: a closing " is expected'],
  ['\n[a', 'line 2: ] is expected'],
  ['a = [1 2]', 'line 1: , or ] is expected'],
  ['a = 1 b = 2', 'line 1: a line end is expected'],
  ['= 1', 'line 1: a key is expected'],
  ['a = 1\n[a.b]', 'line 2: a table in place of a is expected'],
])('%j is refused with its line', (text, message) => {
  expect(() => parseToml(text)).toThrow(message);
});

test('a key cannot reach the prototype of objects', () => {
  parseToml('[__proto__]\npolluted = "yes"\n[constructor.prototype]\npolluted = "yes"\n');

  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
