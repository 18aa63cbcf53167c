import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseTree, stripComments, type Node } from 'jsonc-parser';
import { withValue } from '../../../src/adapters/server-registry/json-edit.ts';

type Json = Record<string, unknown>;
const read = (text: string): Json => valueOf(parseTree(text, [], { allowTrailingComma: true }) as Node) as Json;

/** The library's own reader loses the key `__proto__`. */
function valueOf({ type, children = [], value }: Node): unknown {
  if (type === 'array') return children.map(valueOf);
  if (type !== 'object') return value;
  return Object.fromEntries(
    children.flatMap(({ children: [key, inner] = [] }) => (key && inner ? [[key.value, valueOf(inner)]] : [])),
  );
}

/** JSON as people and programs write it: any indentation and line ends, comments, trailing commas, or on one line. */
const written = fc
  .record({
    value: fc.dictionary(fc.constantFrom('a', 'b', 'other', 'mcpServers'), fc.jsonValue({ maxDepth: 2 }), {
      maxKeys: 4,
    }),
    indent: fc.constantFrom('', '  ', '\t', '    '),
    eol: fc.constantFrom('\n', '\r\n'),
    trailing: fc.boolean(),
    comment: fc.constantFrom('', ' // last, {"x": 1}', ' /* last */'),
  })
  .map(({ value, indent, eol, trailing, comment }) => {
    const text = JSON.stringify({ ...value, mcpServers: { x: { command: 'x' } } }, null, indent);
    const multiLine = text.includes('\n');
    const end = text.lastIndexOf(multiLine ? '\n}' : '}');
    const note = multiLine || !comment.includes('//') ? comment : '';
    return `${text.slice(0, end)}${trailing ? ',' : ''}${note}${text.slice(end)}\n`.replaceAll('\n', eol);
  });

const path = fc.constantFrom(['mcpServers', 'new'], ['mcpServers', 'x'], ['history', 'new'], ['new'], ['mcpServers']);

test('a value that is set is read back, and every other value is as before', () => {
  fc.assert(
    fc.property(written, path, fc.dictionary(fc.string(), fc.string()), (text, where, value) => {
      const before = read(text);
      const after = read(withValue(text, where, value));
      const [head = '', inner] = where;
      const expected = inner === undefined ? value : { ...(before[head] as Json | undefined), [inner]: value };
      expect(after).toEqual({ ...before, [head]: expected });
    }),
  );
});

test('what is only added leaves each byte before it, and removing it again leaves the same values', () => {
  fc.assert(
    fc.property(written, (text) => {
      const added = withValue(text, ['new'], { command: 'y' });
      const kept = (one: string) => stripComments(one).replace(/[\s,]|\}$/g, '');
      expect(kept(added).startsWith(kept(text).replace(/\}$/, ''))).toBe(true);
      expect(added.includes('last')).toBe(text.includes('last'));
      expect(/[^\r]\n/.test(added)).toBe(/[^\r]\n/.test(text));
      expect(read(withValue(added, ['new'], undefined))).toEqual(read(text));
    }),
  );
});
