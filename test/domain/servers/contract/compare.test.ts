import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { compareContracts } from '../../../../src/domain/servers/contract/compare.ts';
import { lockOf, type Contract, type ContractLock, type Json } from '../../../../src/domain/servers/contract/lock.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const EMPTY: Contract = { eras: ['2025'], capabilities: {}, tools: [], prompts: [], resources: [], templates: [] };
const lock = (contract: Partial<Contract>): ContractLock =>
  lockOf({ server: 'demo', version: '1' }, { ...EMPTY, ...contract }, sha256);

const changes = (from: Partial<Contract>, to: Partial<Contract>): readonly string[] =>
  compareContracts(lock(from), lock(to)).map(({ class: one, kind, name, what }) => `${one} ${kind} ${name}: ${what}`);

const object = (properties: Json, more: Json = {}): Json => ({ type: 'object', properties, ...more });
const text = { type: 'string' };
const tool = (more: Json = {}): Json => ({
  name: 'get',
  description: 'Gets',
  inputSchema: object({ id: text }),
  ...more,
});
const reading = { annotations: { readOnlyHint: true } };
const ofTool = (from: Json, to: Json): readonly string[] =>
  changes({ tools: [tool(from)] }, { tools: [tool(to)] }).map((line) => line.replace(' tool get', ''));

describe('what breaks a caller', () => {
  test.each<[string, Json, Json, string]>([
    [
      'a required argument',
      {},
      { inputSchema: object({ id: text, key: text }, { required: ['key'] }) },
      'argument key is new and required',
    ],
    ['an argument that is gone', {}, { inputSchema: object({}) }, 'argument id is gone'],
    [
      'an argument that becomes required',
      {},
      { inputSchema: object({ id: text }, { required: ['id'] }) },
      'argument id is required now',
    ],
    ['another type', {}, { inputSchema: object({ id: { type: 'number' } }) }, 'argument id: type string became number'],
    [
      'an enum',
      {},
      { inputSchema: object({ id: { ...text, enum: ['a'] } }) },
      'argument id: allowed values any became "a"',
    ],
    [
      'a shorter text',
      {},
      { inputSchema: object({ id: { ...text, maxLength: 3 } }) },
      'argument id: maxLength none became 3',
    ],
    ['a pattern', {}, { inputSchema: object({ id: { ...text, pattern: 'a' } }) }, 'argument id: pattern is new'],
    [
      'no other fields',
      {},
      { inputSchema: object({ id: text }, { additionalProperties: false }) },
      'its arguments: other fields are no longer allowed freely',
    ],
    [
      'a list of another type',
      { inputSchema: object({ a: { type: 'array', items: text } }) },
      { inputSchema: object({ a: { type: 'array', items: { type: 'integer' } } }) },
      'argument a[]: type string became integer',
    ],
    [
      'alternatives that differ',
      { inputSchema: { anyOf: [text] } },
      { inputSchema: { anyOf: [text, { type: 'null' }] } },
      'its arguments: anyOf differs',
    ],
    [
      'a field of the answer',
      { outputSchema: object({ a: text, b: text }) },
      { outputSchema: object({ a: text }) },
      'field b of the answer is gone',
    ],
    [
      'an answer of more types',
      { outputSchema: object({ a: text }) },
      { outputSchema: object({ a: { type: ['string', 'null'] } }) },
      'field a of the answer: type string became string, null',
    ],
    [
      'a field that may be missing',
      { outputSchema: object({ a: text }, { required: ['a'] }) },
      { outputSchema: object({ a: text }) },
      'field a of the answer is no longer required',
    ],
    ['no schema of the answer', { outputSchema: object({ a: text }) }, {}, 'its answer has no schema any more'],
    [
      'a change behind a reference',
      { inputSchema: object({ a: { $ref: '#/$defs/x' } }, { $defs: { x: text } }) },
      { inputSchema: object({ a: { $ref: '#/$defs/x' } }, { $defs: { x: { type: 'number' } } }) },
      'argument a: type string became number',
    ],
  ])('%s', (_, from, to, what) => {
    expect(ofTool(from, to)).toEqual([`breaking: ${what}`]);
  });

  test('a tool that is gone, and one that has another name', () => {
    expect(changes({ tools: [tool()] }, {})).toEqual(['breaking tool get: it is gone']);
    expect(changes({ tools: [tool()] }, { tools: [tool({ name: 'fetch' })] })).toEqual([
      'breaking tool get: it is called fetch now',
      'compatible tool fetch: it is new',
    ]);
  });

  test('an era that the former version does not speak, because its clients cannot go back', () => {
    expect(changes({ eras: ['2025'] }, { eras: ['2025', '2026'] })).toEqual([
      'breaking server : it speaks the protocol of 2026, which the former version does not: clients that use it cannot go back, their calls fail until they connect anew',
    ]);
  });

  test('arguments of prompts, resources, templates, eras and capabilities', () => {
    const from = {
      eras: ['2025', '2026'],
      capabilities: { tools: { listChanged: true }, extensions: { 'x/y': {} } },
      prompts: [{ name: 'p', arguments: [{ name: 'a' }, { name: 'b' }] }],
      resources: [{ uri: 'file:///a', name: 'a' }],
      templates: [{ uriTemplate: 'x://{a}', name: 'x' }],
    };
    const to = {
      eras: ['2026'],
      capabilities: { tools: { listChanged: false }, logging: {} },
      prompts: [{ name: 'p', arguments: [{ name: 'a', required: true }, { name: 'c' }] }],
    };
    expect(changes(from, to)).toEqual([
      'breaking server : it no longer speaks the protocol of 2025',
      'breaking server : it lost the capability tools.listChanged',
      'breaking server : it lost the capability extensions',
      'breaking server : it lost the capability extensions.x/y',
      'breaking prompt p: argument b is gone',
      'breaking prompt p: argument a is required now',
      'breaking resource file:///a: it is gone',
      'breaking template x://{a}: it is gone',
      'compatible server : it has the new capability logging',
      'compatible prompt p: argument c is new',
    ]);
  });
});

describe('what a caller has not agreed to', () => {
  test.each<[string, Json, Json, string]>([
    ['a tool that may write now', reading, {}, 'readOnlyHint true became false'],
    [
      'a tool that may destroy now',
      { annotations: { destructiveHint: false } },
      {},
      'destructiveHint false became true',
    ],
    [
      'a tool that reaches the world now',
      { annotations: { openWorldHint: false } },
      {},
      'openWorldHint false became true',
    ],
    [
      'another description of a tool that writes',
      {},
      { description: 'Gets all' },
      'its description differs, and it writes',
    ],
  ])('%s', (_, from, to, what) => {
    expect(ofTool(from, to)).toEqual([`security: ${what}`]);
  });

  const oauth = (...scopes: string[]): Json => ({ securitySchemes: [{ type: 'oauth2', scopes }] });

  test.each<[string, Json, Json, readonly string[]]>([
    [
      'with securitySchemes',
      oauth('read'),
      oauth('read', 'write'),
      ['security: it asks for the scope write', 'compatible: its securitySchemes differs'],
    ],
    [
      'in _meta',
      {},
      { _meta: oauth('read') },
      ['security: it asks for the scope read', 'compatible: its _meta differs'],
    ],
    [
      'as one text',
      { _meta: { 'example.org/auth': { scope: 'a b' } } },
      { _meta: { 'example.org/auth': { scope: 'b c' } } },
      ['security: it asks for the scope c', 'compatible: its _meta differs'],
    ],
    [
      'and needs one no longer',
      oauth('read'),
      { securitySchemes: [{ type: 'noauth' }] },
      ['security: its securitySchemes differs'],
    ],
    ['in another order', oauth('a', 'b'), oauth('b', 'a'), ['compatible: its securitySchemes differs']],
  ])('a scope that a tool asks for %s', (_, from, to, expected) => {
    expect(ofTool(from, to)).toEqual(expected);
  });

  test('an argument named scope is no scope', () => {
    const from = { inputSchema: object({ scope: { ...text, enum: ['a'] } }) };
    const to = { inputSchema: object({ scope: { ...text, enum: ['a', 'b'] } }) };
    expect(ofTool(from, to)).toEqual([expect.stringMatching(/^compatible: argument scope/)]);
  });

  test('a hint for tools that write says nothing about a tool that reads', () => {
    const both = { annotations: { readOnlyHint: true, destructiveHint: false } };
    expect(ofTool(reading, both).map((line) => line.split(':')[0])).toEqual([]);
  });

  test('other instructions for agents', () => {
    expect(changes({ instructions: 'a' }, { instructions: 'b' })).toEqual([
      'security server : the instructions for agents differ',
    ]);
  });
});

describe('what is compatible', () => {
  test.each<[string, Json, Json, string]>([
    ['an optional argument', {}, { inputSchema: object({ id: text, key: text }) }, 'argument key is new'],
    [
      'a wider type',
      {},
      { inputSchema: object({ id: { type: ['string', 'null'] } }) },
      'argument id: type string became string, null',
    ],
    [
      'a wider number',
      { inputSchema: object({ n: { type: 'integer' } }) },
      { inputSchema: object({ n: { type: 'number' } }) },
      'argument n: type integer became number',
    ],
    [
      'a longer text',
      { inputSchema: object({ id: { ...text, maxLength: 3 } }) },
      { inputSchema: object({ id: { ...text, maxLength: 5 } }) },
      'argument id: maxLength 3 became 5',
    ],
    [
      'a pattern that is gone',
      { inputSchema: object({ id: { ...text, pattern: 'a' } }) },
      { inputSchema: object({ id: text }) },
      'argument id: pattern is gone',
    ],
    [
      'a new field of the answer',
      { outputSchema: object({ a: text }) },
      { outputSchema: object({ a: text, b: text }) },
      'field b of the answer is new',
    ],
    [
      'a narrower answer',
      { outputSchema: object({ a: { type: ['string', 'null'] } }) },
      { outputSchema: object({ a: text }) },
      'field a of the answer: type string, null became string',
    ],
    ['a schema of the answer', {}, { outputSchema: object({ a: text }) }, 'its answer has a schema now'],
    ['another title', {}, { title: 'Get' }, 'its title differs'],
    [
      'another description of a tool that reads',
      reading,
      { ...reading, description: 'Gets all' },
      'its description differs',
    ],
  ])('%s', (_, from, to, what) => {
    expect(ofTool(from, to)).toEqual([`compatible: ${what}`]);
  });
});

test('the order of lists and keys, and descriptions inside a schema, are no change', () => {
  const [a, b] = [tool(), tool({ name: 'put' })];
  expect(lock({ tools: [a, b] }).hash).toBe(lock({ tools: [b, a] }).hash);
  expect(ofTool({}, { inputSchema: object({ id: { ...text, description: 'The id' } }) })).toEqual([]);
});

test('a schema that refers to itself ends, and is compared', () => {
  const tree = (leaf: Json): Json => ({
    inputSchema: object(
      { root: { $ref: '#/$defs/node' } },
      {
        $defs: {
          node: object({
            leaf,
            next: { $ref: '#/$defs/node' },
            others: { type: 'array', items: { $ref: '#/$defs/node' } },
          }),
        },
      },
    ),
  });
  expect(ofTool(tree(text), { ...tree(text), title: 'x' })).toEqual(['compatible: its title differs']);
  expect(ofTool(tree(text), tree({ type: 'number' }))).toEqual([
    'breaking: argument root.leaf: type string became number',
  ]);
});

test('two items of one name, and an item without a name, are refused', () => {
  expect(() => lock({ tools: [tool(), tool()] })).toThrow('Two of kind tool have the name get');
  expect(() => lock({ resources: [{ name: 'a' }] })).toThrow('A resource has no uri');
});
