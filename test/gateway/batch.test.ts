import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aServer, program, remote, startGateway, startRemote, type Stage } from '../support/gateway-stage.ts';
import { openLines } from '../support/gateway-lines.ts';
import { post, session, textOf, type Rpc } from '../support/gateway-wire.ts';

let stage: Stage;
let far: Awaited<ReturnType<typeof startRemote>>;
beforeAll(async () => {
  far = await startRemote('one', '2025', 'only');
  stage = await startGateway([
    aServer('process', { one: program('one', '2025', 'only'), two: program('two', '2025') }),
    aServer('remote', { one: remote(far.url) }),
  ]);
}, 60_000);
afterAll(async () => {
  await stage.close();
  await far.stop();
});

const toolCall = (id: unknown, name: string) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: {} },
});
const NOTE = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'none' } };
const byId = (messages: readonly Rpc[]) => new Map(messages.map((message) => [message.id, message]));

describe.each(['process', 'remote'])('a batch to a version that is a %s', (name) => {
  test('has each message answered and counted', async () => {
    const mine = await session(stage.url(name));
    const before = (await stage.status(name)).versions[0]?.calls.ok ?? 0;
    const parts = [toolCall('a', 'only'), NOTE, toolCall(7, 'only'), toolCall('b', 'no such tool')];
    const { status, messages } = await post(stage.url(name), parts, mine);
    const answers = byId(messages);
    expect([status, answers.size]).toEqual([200, 3]);
    expect([answers.get('a'), answers.get(7)].map((answer) => textOf(answer ?? {}))).toEqual(['one', 'one']);
    expect(answers.get('b')?.error ?? answers.get('b')?.result?.isError).toBeTruthy();
    expect((await stage.status(name)).versions[0]?.calls.ok).toBeGreaterThanOrEqual(before + 2);
  }, 30_000);

  test('of notifications only is taken', async () => {
    const { status, messages } = await post(stage.url(name), [NOTE, NOTE], await session(stage.url(name)));
    expect([status, messages]).toEqual([202, []]);
  }, 30_000);

  test.each([
    ['that is empty', []],
    ['with something else in it', [toolCall(1, 'only'), 'hello']],
    ['with another batch in it', [[toolCall(1, 'only')]]],
    ['that opens a session', [{ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }]],
    ['of more than 100 messages', Array.from({ length: 101 }, (_, id) => toolCall(id, 'only'))],
  ])(
    '%s is refused before anything is sent',
    async (_, parts) => {
      const mine = await session(stage.url(name));
      const before = (await stage.status(name)).versions[0]?.calls;
      const { status, messages } = await post(stage.url(name), parts, mine);
      expect([status, messages[0]?.error?.data?.code]).toEqual([400, 'GATEWAY_MESSAGE_INVALID']);
      expect((await stage.status(name)).versions[0]?.calls).toEqual(before);
    },
    30_000,
  );

  test('of a session that is not known says so as for one message, so that its client starts anew', async () => {
    const mine = await session(stage.url(name));
    await fetch(stage.url(name), { method: 'DELETE', headers: mine });
    expect((await post(stage.url(name), [toolCall(1, 'only'), toolCall(2, 'only')], mine)).status).toBe(404);
  }, 30_000);
});

test('a batch without a session is refused', async () => {
  const { status } = await post(stage.url('process'), [toolCall(1, 'only')]);
  expect(status).toBe(400);
});

test('a batch over stdio is answered line by line', async () => {
  const client = openLines(stage.gateway, 'process');
  const params = { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'lines', version: '1' } };
  client.send({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
  expect(await client.next()).toMatchObject({ id: 0, result: { protocolVersion: '2025-03-26' } });
  client.send([{ jsonrpc: '2.0', method: 'notifications/initialized' }, toolCall(1, 'only'), toolCall(2, 'only')]);
  const ids = [(await client.next())['id'], (await client.next())['id']];
  expect(ids.toSorted()).toEqual([1, 2]);
  await client.close();
}, 30_000);
