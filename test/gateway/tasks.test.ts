import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aServer, shellProgram, startGateway, type Stage } from '../support/gateway-stage.ts';
import { ask, post, type Rpc } from '../support/gateway-wire.ts';

/** A version whose every call is a task, and that tells a subscription at once how each of its tasks is. */
const version = (label: string) =>
  shellProgram(`
    const say = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }));
    const known = (id) => id.startsWith('${label}-');
    require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { id, method, params } = JSON.parse(line);
      const error = { code: -32602, message: '${label} does not know this task' };
      if (method === 'tools/call')
        return say({ id, result: { resultType: 'task', taskId: '${label}-' + params.arguments.number, status: 'working' } });
      if (method === 'tasks/get')
        return say(known(params.taskId) ? { id, result: { taskId: params.taskId, status: 'completed' } } : { id, error });
      if (method !== 'subscriptions/listen') return say({ id, result: { tools: [] } });
      const { taskIds } = params.notifications;
      if (!taskIds.every(known)) return say({ id, error });
      const _meta = { 'io.modelcontextprotocol/subscriptionId': id };
      say({ method: 'notifications/subscriptions/acknowledged', params: { notifications: { taskIds }, _meta } });
      for (const taskId of taskIds) say({ method: 'notifications/tasks', params: { taskId, status: 'completed', _meta } });
      say({ id, result: {} });
    });`);

let stage: Stage;
beforeAll(async () => {
  stage = await startGateway([aServer('work', { one: version('one'), two: version('two') })]);
}, 60_000);
afterAll(() => stage.close());

const ME = { 'x-api-key': 'me' };

async function started(number: number, at: string): Promise<string> {
  const params = { name: 'dig', arguments: { number } };
  const { result } = await ask(stage.url('work'), 'tools/call', params, { ...ME, 'x-mcp-server-version': at });
  return String(result?.['taskId']);
}

const follow = (taskIds: readonly string[], headers: Record<string, string> = ME): Promise<readonly Rpc[]> => {
  const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
  const params = { notifications: { taskIds, toolsListChanged: true }, _meta };
  const named = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' };
  const message = { jsonrpc: '2.0', id: 'sub', method: 'subscriptions/listen', params };
  return post(stage.url('work'), message, { ...named, ...headers }).then(({ messages }) => messages);
};

test('a task is asked for at the version that made it, under an id that names no version', async () => {
  const task = await started(1, 'two');
  expect(task).not.toContain('two');
  const { result } = await ask(stage.url('work'), 'tasks/get', { taskId: task }, ME);
  expect(result).toMatchObject({ taskId: task, status: 'completed' });
});

test('a subscription to tasks goes to the version that made them, and tells of them by the ids of the caller', async () => {
  const tasks = [await started(2, 'two'), await started(3, 'two')];
  const [acknowledged, ...told] = await follow(tasks);
  expect(acknowledged?.params?.['notifications']).toEqual({ taskIds: tasks });
  expect(told.flatMap(({ params }) => params?.['taskId'] ?? [])).toEqual(tasks);
  expect(told.at(-1)?.result).toEqual({});
});

test('tasks of two versions need two subscriptions, and those of somebody else are refused', async () => {
  const [mine, other] = [await started(4, 'one'), await started(5, 'two')];
  const [refused] = await follow([mine, other]);
  expect(refused?.error?.data).toMatchObject({ code: 'GATEWAY_HANDLE_REFUSED' });
  expect(refused?.error?.message).toContain('a request for each task');
  const [foreign] = await follow([mine], { 'x-api-key': 'somebody else' });
  expect(foreign?.error?.data).toMatchObject({ code: 'GATEWAY_HANDLE_REFUSED' });
});
