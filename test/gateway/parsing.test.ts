import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expanded as expandedIn } from '../../src/domain/servers/references.ts';
import { EventReader, frameOf, withData } from '../../src/gateway/event-stream.ts';
import { parseKept } from '../../src/gateway/json.ts';
import { LineReader } from '../../src/gateway/lines.ts';
import { rewritten, unsealed } from '../../src/gateway/outgoing.ts';
import { missingReference, processEnvironment } from '../../src/gateway/references.ts';
import { createSealer } from '../../src/gateway/seal.ts';

/** The text in pieces of the given sizes. */
function pieces(text: string, sizes: readonly number[]): string[] {
  const cut: string[] = [];
  let rest = text;
  for (const size of sizes) {
    cut.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return [...cut, rest];
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 30 });

test('an event stream is read the same in pieces of any size, with each kind of line end', () => {
  fc.assert(
    fc.property(sizes, fc.constantFrom('\n', '\r\n', '\r'), (cut, end) => {
      const stream = ['id: 1', 'data: {"a":', 'data: 1}', '', ': ping', '', 'event: endpoint', 'data: /x', '', ''].join(
        end,
      );
      const reader = new EventReader(1_000);
      const events = pieces(stream, cut).flatMap((piece) => reader.take(piece));
      // Between \r and \n a piece may end; then the event is complete one character earlier.
      if (end === '\r\n') return expect(events.map(({ data }) => data.replaceAll('\n', ''))).toContain('{"a":1}');
      expect(events.map(({ frame }) => frame).join('')).toBe(stream);
      return expect(events.map(({ name, data }) => [name, data])).toEqual([
        ['message', '{"a":\n1}'],
        ['message', ''],
        ['endpoint', '/x'],
      ]);
    }),
  );
});

test('an event without an end is refused when it is too large', () => {
  const reader = new EventReader(10);
  expect(() => reader.take('data: 12345678')).toThrow(RangeError);
});

test('a message is one event, also when its text has several lines; another text keeps the id of its event', () => {
  const [event] = new EventReader(100).take(frameOf('{"a":\n1}'));
  expect(event?.data).toBe('{"a":\n1}');
  expect(withData('id: 7\nevent: message\ndata: old\n\n', 'new')).toBe('id: 7\nevent: message\ndata: new\n\n');
});

test('lines are read the same in pieces of any size', () => {
  fc.assert(
    fc.property(sizes, (cut) => {
      const lines: string[] = [];
      const reader = new LineReader(100, (text) => lines.push(text), fail);
      for (const piece of pieces('{"a":1}\r\n\n{"b":"ü"}\nrest\n', cut)) reader.take(Buffer.from(piece));
      expect(lines).toEqual(['{"a":1}', '{"b":"ü"}', 'rest']);
    }),
  );
});

function fail(): void {
  throw new Error('no line is too large');
}

test('a line that is too large is dropped, its edges are shown, and the next one is read', () => {
  const lines: string[] = [];
  const edges: string[] = [];
  const reader = new LineReader(
    100,
    (text) => lines.push(text),
    (text) => edges.push(text),
  );
  reader.take(Buffer.from(`{"jsonrpc":"2.0","id":5,"x":"${'x'.repeat(5_000)}`));
  reader.take(Buffer.from(`${'x'.repeat(5_000)}","end":1}\nnext\n`));
  expect(lines).toEqual(['next']);
  expect(edges).toEqual([expect.stringMatching(/^\{"jsonrpc":"2\.0","id":5.*"end":1\}$/)]);
});

test('numbers keep the form in which they were written', () => {
  for (const text of ['{"a":12345678901234567890}', '{"a":[1.0,2.50]}', '{"a":1e3,"b":1}', '{"a":"1e3"}'])
    expect(JSON.stringify(parseKept(text))).toBe(text);
});

const how = {
  server: 'docs',
  version: '1',
  method: 'tools/call',
  modern: true,
  divided: true,
  principal: 'me',
  sealer: createSealer([Buffer.alloc(32, 1)]),
};

test('an answer without handles stays as it is, to the last byte', () => {
  const text = '{ "jsonrpc":"2.0","id":1, "result":{"content":[],"big":12345678901234567890}}';
  expect(rewritten(text, how)).toBe(text);
});

test('a handle in an answer is sealed, comes back unsealed, and a session has none', () => {
  const text = '{"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required","requestState":"s\\"1","n":1.0}}';
  const sealed = rewritten(text, how);
  const { requestState } = (JSON.parse(sealed) as { result: { requestState: string } }).result;
  expect(how.sealer.open(requestState, 'state', 'docs', 'me')).toMatchObject({ inner: 's"1', version: '1' });
  expect(unsealed(sealed, [[requestState, 's"1']])).toBe(text);
  expect(rewritten(text, { ...how, modern: false })).toBe(text);
});

test('a list lives shortly only while callers are divided', () => {
  const text = '{"jsonrpc":"2.0","id":1,"result":{"tools":[],"ttlMs":60000,"cacheScope":"public"}}';
  expect(rewritten(text, { ...how, method: 'tools/list' })).toContain('"ttlMs":5000,"cacheScope":"private"');
  expect(rewritten(text, { ...how, method: 'tools/list', divided: false })).toBe(text);
  expect(rewritten(text, how)).toBe(text);
});

test('a process gets its own environment, and references lead to the environment of the gateway', () => {
  const env = { PATH: '/bin', SECRET: 's', OTHER: 'o' };
  expect(processEnvironment(env)).toEqual({ PATH: '/bin' });
  const expanded = (values: Record<string, string>) => expandedIn(values, env, missingReference);
  expect(expanded({ A: 'x ${SECRET} ${NONE:-d}', B: '$SECRET' })).toEqual({ A: 'x s d', B: '$SECRET' });
  expect(() => expanded({ A: '${NONE}' })).toThrow(expect.objectContaining({ code: 'GATEWAY_REFERENCE_MISSING' }));
});
