import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aServer, shellProgram, startGateway, type Stage } from '../support/gateway-stage.ts';
import { openLines, type Lines } from '../support/gateway-lines.ts';

/**
 * A server of both eras that says what the arguments of a call contain, answers the call unless it shall be silent, and
 * knows what it has heard.
 */
const OBEDIENT = `const heard = [];
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  heard.push(message);
  const { id, method, params } = message;
  const say = (fields) => console.log(JSON.stringify({ jsonrpc: '2.0', ...fields }));
  const info = { capabilities: { tools: { listChanged: true } }, serverInfo: { name: 'obedient', version: '1' } };
  if (id === undefined || method === undefined) return;
  if (method === 'initialize') return say({ id, result: { protocolVersion: '2025-06-18', ...info } });
  if (method === 'tools/call') {
    const { says = [], silent } = params.arguments;
    for (const one of says) say(one);
    if (!silent) say({ id, result: { resultType: 'complete', content: [], heard, _meta: { 'example.org/own': [1] } } });
    return;
  }
  if (method === 'subscriptions/listen')
    return say({
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: params.notifications, _meta: { 'io.modelcontextprotocol/subscriptionId': id } },
    });
  say({ id, error: { code: -32601, message: 'no ' + method } });
});`;
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'lines', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const LOG = { method: 'notifications/message', params: { level: 'info', data: 'a line' } };

let stage: Stage;
beforeAll(async () => void (stage = await startGateway([aServer('it', { one: shellProgram(OBEDIENT) })])));
afterAll(() => stage.close());

let last = 100;
/** A client over stdio. `era` decides whether its messages carry the envelope of 2026. */
async function client(era: '2026' | '2025') {
  const lines: Lines = openLines(stage.gateway, 'it');
  const send = (fields: object): void => lines.send({ jsonrpc: '2.0', ...fields });
  const meta = era === '2026' ? ENVELOPE : {};
  const request = (method: string, params: object = {}, own: object = {}): number => {
    send({ id: (last += 1), method, params: { ...params, _meta: { ...meta, ...own } } });
    return last;
  };
  if (era === '2025') {
    request('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: ENVELOPE });
    await lines.next();
    send({ method: 'notifications/initialized' });
  }
  return {
    lines,
    send,
    request,
    notify: (method: string, params: object = {}) => send({ method, params: { ...params, _meta: meta } }),
    call: (args: object, own: object = {}) => request('tools/call', { name: 'any', arguments: args }, own),
    /** What the version has heard. */
    async heard(): Promise<{ id?: unknown; method?: string; params?: Record<string, unknown> }[]> {
      const id = this.call({});
      for (;;) {
        const answer = await lines.next();
        if (answer['id'] === id) return (answer['result'] as { heard: object[] }).heard;
      }
    },
  };
}

describe.each(['2025', '2026'] as const)('for a client of %s over stdio, as on the direct connection,', (era) => {
  test('log messages and notifications of extensions come from the version, also beside a subscription', async () => {
    const mine = await client(era);
    if (era === '2026') {
      mine.request('subscriptions/listen', { notifications: { toolsListChanged: true } });
      expect(await mine.lines.next()).toMatchObject({ method: 'notifications/subscriptions/acknowledged' });
    }
    const own = { method: 'notifications/example.org/own', params: { x: [1] } };
    const id = mine.call({ says: [LOG, own] });
    expect(await mine.lines.next()).toMatchObject(LOG);
    expect(await mine.lines.next()).toMatchObject(own);
    expect(await mine.lines.next()).toMatchObject({ id, result: { _meta: { 'example.org/own': [1] } } });
    await mine.lines.close();
  });

  test('notifications, unknown fields of _meta and unknown methods come to the version', async () => {
    const mine = await client(era);
    mine.notify('notifications/example.org/own', { x: [1] });
    mine.call({}, { 'example.org/own': { y: 2 } });
    await mine.lines.next();
    const id = mine.request('example.org/method', { z: 3 });
    expect(await mine.lines.next()).toMatchObject({ id, error: { code: -32_601, message: 'no example.org/method' } });
    expect(await mine.heard()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          method: 'notifications/example.org/own',
          params: expect.objectContaining({ x: [1] }),
        }),
        expect.objectContaining({
          method: 'tools/call',
          params: expect.objectContaining({ _meta: expect.objectContaining({ 'example.org/own': { y: 2 } }) }),
        }),
        expect.objectContaining({ method: 'example.org/method', params: expect.objectContaining({ z: 3 }) }),
      ]),
    );
    await mine.lines.close();
  });

  test('a cancelled call is cancelled in the version, and has no answer', async () => {
    const mine = await client(era);
    const id = mine.call({ silent: true });
    mine.notify('notifications/cancelled', { requestId: id, reason: 'enough' });
    const heard = await mine.heard();
    const call = heard.findLast(({ method, params }) => method === 'tools/call' && asks(params, 'silent'));
    const cancelled = heard.findLast(({ method }) => method === 'notifications/cancelled');
    expect(cancelled?.params).toMatchObject({ requestId: call?.id });
    await mine.lines.close();
  });
});

const asks = (params: Record<string, unknown> | undefined, key: string): boolean =>
  key in (params?.['arguments'] as object);

test('a client of 2025 answers what the version asks of its model, and gets changed lists and resources', async () => {
  const mine = await client('2025');
  const says = [
    { id: 'ask-1', method: 'sampling/createMessage', params: { messages: [], maxTokens: 5, 'example.org/own': 1 } },
    { method: 'notifications/tools/list_changed' },
    { method: 'notifications/resources/updated', params: { uri: 'it://1' } },
  ];
  const id = mine.call({ says, silent: true });
  for (const one of says) expect(await mine.lines.next()).toMatchObject(one);
  mine.send({ id: 'ask-1', result: { role: 'assistant', content: { type: 'text', text: 'hm' }, model: 'm' } });
  mine.request('resources/subscribe', { uri: 'it://1' });
  expect(await mine.lines.next()).toMatchObject({ error: { message: 'no resources/subscribe' } });
  expect(await mine.heard()).toContainEqual(expect.objectContaining({ id: 'ask-1', result: expect.anything() }));
  mine.notify('notifications/cancelled', { requestId: id });
  await mine.lines.close();
});
