import { expect, test } from '@jest/globals';
import { handlesIn, LIST_TTL_MS, shortLived, taskIn } from '../../../src/domain/gateway/answers.ts';
import { progressToken, readMessage } from '../../../src/domain/gateway/message.ts';
import { outcomeOf } from '../../../src/domain/gateway/outcome.ts';

const modern = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };

test.each([
  [
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'a' } },
    { kind: 'request', modern: false },
  ],
  [
    { jsonrpc: '2.0', id: 'x', method: 'ping', params: { _meta: modern } },
    { kind: 'request', modern: true },
  ],
  [
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { kind: 'notification', modern: false },
  ],
  [
    { jsonrpc: '2.0', id: 0, result: {} },
    { kind: 'response', id: 0 },
  ],
  [
    { jsonrpc: '2.0', id: 0, error: {} },
    { kind: 'response', id: 0 },
  ],
  [[], { kind: 'batch' }],
])('%j is read as %j', (value, expected) => {
  expect(readMessage(value)).toMatchObject(expected);
});

test.each([[null], ['text'], [7], [{}], [{ id: 1 }], [undefined]])('%j is no message', (value) => {
  expect(readMessage(value)).toBeUndefined();
});

test('the progress token of a request is found', () => {
  expect(progressToken({ _meta: { progressToken: 0 } })).toBe(0);
  expect(progressToken({ _meta: { progressToken: {} } })).toBeUndefined();
  expect(progressToken({})).toBeUndefined();
});

test('a list with a lifetime becomes private and short, and keeps everything else', () => {
  const list = { tools: [{ name: 'a' }], ttlMs: 3_600_000, cacheScope: 'public', other: 1 };
  expect(shortLived(list)).toEqual({ ...list, ttlMs: LIST_TTL_MS, cacheScope: 'private' });
  expect(shortLived({ ...list, ttlMs: 10 })).toMatchObject({ ttlMs: 10 });
  expect(shortLived({ tools: [] })).toEqual({ tools: [] });
});

test('handles are found where the protocol has them, and not in the content of a tool', () => {
  const result = {
    resultType: 'task',
    requestState: 's',
    task: { taskId: 't' },
    structuredContent: { taskId: 'content', requestState: 'content' },
    _meta: { 'io.modelcontextprotocol/related-task': { taskId: 'r' } },
  };
  const found = handlesIn({ result }).map(([, value]) => value);
  expect(found.toSorted()).toEqual(['r', 's', 't']);
  expect(handlesIn({ error: {} })).toEqual([]);
});

test('a task is open until it says that it has ended', () => {
  expect(taskIn({ result: { task: { taskId: 't', status: 'working' } } })).toEqual({ taskId: 't', ended: false });
  expect(taskIn({ result: { taskId: 't', status: 'failed' } })).toEqual({ taskId: 't', ended: true });
  expect(taskIn({ params: { taskId: 't', status: 'completed' } })).toEqual({ taskId: 't', ended: true });
  expect(taskIn({ result: { content: [] } })).toBeUndefined();
});

test.each([
  [{ result: { content: [] } }, 'ok'],
  [{ result: { isError: true } }, 'tool_error'],
  [{ error: { code: 1 } }, 'protocol_error'],
  ['nonsense', 'protocol_error'],
])('%j counts as %s', (answer, outcome) => {
  expect(outcomeOf(answer)).toBe(outcome);
});

test.each([
  [{ result: { content: [] } }, 'protocol_error'],
  [{ result: { resultType: 'complete', content: [] } }, 'ok'],
  [{ result: { resultType: 'complete', isError: true } }, 'tool_error'],
])('%j to a request of 2026 counts as %s', (answer, outcome) => {
  expect(outcomeOf(answer, true)).toBe(outcome);
});
