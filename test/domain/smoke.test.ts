import { expect, test } from '@jest/globals';
import { callFault, httpFault, listFault, type HttpSmokeTest } from '../../src/domain/delivery/smoke.ts';

const page: HttpSmokeTest = { method: 'GET', path: '/', status: 200 };
const json = (field: string, equals: string | number | boolean | null) => ({ ...page, json: { field, equals } });
const BODY = JSON.stringify({ ok: true, items: [{ name: 'a', left: 0 }], none: null });

test.each([
  [page, 200, '', undefined],
  [page, 500, 'boom', 'the status is 500 and not 200: boom'],
  [{ ...page, contains: 'hello' }, 200, 'well, hello', undefined],
  [{ ...page, contains: 'hello' }, 200, 'bye', 'the answer does not contain "hello": bye'],
  [json('items.0.name', 'a'), 200, BODY, undefined],
  [json('items.0.left', 0), 200, BODY, undefined],
  [json('none', null), 200, BODY, undefined],
  [json('ok', 'true'), 200, BODY, 'ok is true and not "true"'],
  [json('items.1.name', 'a'), 200, BODY, 'items.1.name is absent and not "a"'],
  [json('constructor', null), 200, BODY, 'constructor is absent and not null'],
  [json('ok', true), 200, '<html>', 'ok is absent and not true'],
])('%j with %j and %j: %j', (asked, status, body, fault) => {
  expect(httpFault(asked, { status, body })).toBe(fault);
});

test('a list has to have every tool, and a tool that may write is never called', () => {
  const call = { tool: 'read', arguments: {} };
  const listed = [
    { name: 'read', readOnly: true },
    { name: 'write', readOnly: false },
  ];
  const asked = (tools: string[], tool = 'read') => ({ path: '/mcp', tools, calls: [{ ...call, tool }] });

  expect(listFault(asked(['write']), listed)).toBeUndefined();
  expect(listFault(asked(['other', 'read']), listed)).toBe('the server has no tool other');
  expect(listFault(asked([], 'write'), listed)).toBe('write is not annotated with readOnlyHint, so it is not called');
});

test('the result of a tool is its structured content, or the JSON in its text', () => {
  const asked = { tool: 'read', arguments: {}, json: { field: 'price', equals: 12 } };

  expect(callFault(asked, { isError: false, text: 'x', structured: { price: 12 } })).toBeUndefined();
  expect(callFault(asked, { isError: false, text: '{"price":12}' })).toBeUndefined();
  expect(callFault(asked, { isError: false, text: '{"price":13}' })).toBe('price is 13 and not 12');
  expect(callFault(asked, { isError: true, text: 'no token' })).toBe('the tool reports an error: no token');
});
