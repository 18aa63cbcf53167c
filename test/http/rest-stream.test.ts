import { request, type ClientRequest } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { HttpServer } from '../../src/http/server.ts';
import { wantsEvents } from '../../src/http/rest/event-stream.ts';
import { aView, createFakeGateway, fakeServices, type FakeGateway } from '../support/fake-gateway.ts';
import { memoryAudit } from '../support/mcp-server.ts';
import { probeCommand, toolsetsWith, type Probe } from '../support/probe-command.ts';
import { callRest, eventsOf, restDeps, send, startRestServer } from '../support/rest.ts';

const ID = 'release/prod/shop/web';
const EVENTS = { 'content-type': 'application/json', accept: 'text/event-stream' };
let gateway: FakeGateway;
let server: HttpServer;
let probe: Probe;
let audit: ReturnType<typeof memoryAudit>;
beforeEach(async () => {
  gateway = createFakeGateway([aView()]);
  probe = probeCommand();
  audit = memoryAudit();
  server = await startRestServer(
    restDeps(fakeServices(gateway), { toolsets: toolsetsWith(probe), audit, keepAliveMs: 40 }),
  );
});
afterEach(() => server.close());

const stream = (tool: string, input: unknown) =>
  send(`${server.restUrl}/tools/${tool}`, { headers: EVENTS, body: JSON.stringify(input) });

test('events tell the progress, and last the plain answer', async () => {
  const { status, headers, body } = await stream('release_probe', { mode: 'answer' });

  expect([status, headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
  expect(eventsOf(body)).toEqual([
    { event: 'progress', data: { message: 'half way', fraction: 0.5 } },
    { event: 'result', data: (await callRest(server, 'release_probe', { mode: 'answer' })).body },
  ]);
});

test.each([
  ['a refused effect', 'release_probe', { mode: 'refuse' }, 'result'],
  ['wrong input', 'release_get', { release_id: 7 }, 'error'],
  ['a missing release', 'release_get', { release_id: 'release/prod/shop/none' }, 'error'],
  ['a missing confirmation', 'release_abort', { release_id: ID }, 'error'],
  ['a failure that nobody foresaw', 'release_probe', { mode: 'break' }, 'error'],
])('%s comes as the last event, with the body of the plain answer', async (_, tool, input, event) => {
  const { body } = await stream(tool, input);

  expect(eventsOf(body).at(-1)).toEqual({ event, data: (await callRest(server, tool, input)).body });
  expect(body).not.toMatch(/hunter22|\.ts|TypeError/);
});

test('what is wrong with the request itself is answered plainly', async () => {
  const unknown = await stream('release_prob', {});
  const broken = await send(`${server.restUrl}/tools/release_get`, { headers: EVENTS, body: '{' });

  expect([unknown.status, unknown.headers['content-type']]).toEqual([404, 'application/json; charset=utf-8']);
  expect([broken.status, JSON.parse(broken.body)]).toEqual([
    400,
    { error: expect.objectContaining({ code: 'INVALID_INPUT' }) },
  ]);
});

test('release_wait tells what it waits for, and a silent stream that it lives', async () => {
  setTimeout(() => gateway.views.set(ID, aView({ state: 'judging' })), 200);

  const { body } = await stream('release_wait', { release_id: ID, timeout_seconds: 20 });

  const events = eventsOf(body);
  expect(events[0]).toMatchObject({
    event: 'progress',
    data: { message: expect.stringContaining('soaking'), fraction: expect.any(Number) },
  });
  expect(events.at(-1)).toMatchObject({ event: 'result', data: { result: { changed: true, state: 'judging' } } });
  expect(body.split('\n\n').filter((block) => block.startsWith(':')).length).toBeGreaterThan(2);
});

/** Calls the hanging probe; answers the request once the server has begun to work on it. */
async function hang(headers: Record<string, string>): Promise<ClientRequest> {
  const call = request(`${server.restUrl}/tools/release_probe`, { method: 'POST', headers });
  call.on('error', () => undefined);
  call.end(JSON.stringify({ mode: 'hang' }));
  await until(() => probe.seen.started);
  return call;
}

async function until(reached: () => boolean): Promise<void> {
  for (const began = Date.now(); !reached(); ) {
    if (Date.now() - began > 5000) throw new Error('not reached within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test.each([
  ['events', EVENTS],
  ['a plain answer', { 'content-type': 'application/json' }],
])('a caller of %s that goes away ends the call', async (_, headers) => {
  const call = await hang(headers);
  expect(probe.seen.aborted).toBe(false);

  call.destroy();

  await until(() => probe.seen.aborted && audit.entries.length === 1);
  expect(audit.entries[0]).toMatchObject({ tool: 'release_probe', result: 'ok' });
});

test('a server that closes ends the calls that wait', async () => {
  await hang(EVENTS);

  await server.close();

  await until(() => probe.seen.aborted);
});

test.each([
  ['text/event-stream', true],
  ['text/event-stream; q=0.9, */*', true],
  ['application/json, text/event-stream', false],
  ['*/*', false],
  [undefined, false],
])('Accept: %s streams: %s', (accept, streams) => {
  expect(wantsEvents(accept)).toBe(streams);
});
