import { afterEach, expect, test } from '@jest/globals';
import { register, rollback, setTraffic } from '../../src/domain/servers/actions.ts';
import type { RegisteredServer } from '../../src/domain/servers/server.ts';
import { createLog } from '../../src/observability/log.ts';
import { aServer, program, startGateway, type Stage } from '../support/gateway-stage.ts';

const by = { at: 1000, who: 'cli:ada', why: 'too slow' };
let stage: Stage;
const lines: { msg: string; version?: string }[] = [];
afterEach(() => stage.close());

/** Reads a stream until it contains as many events. */
async function eventsFrom(path: string, count: number, after: () => Promise<void>): Promise<[string, unknown][]> {
  const leave = new AbortController();
  const response = await fetch(stage.root + path, { signal: leave.signal });
  expect(response.headers.get('content-type')).toMatch('text/event-stream');
  await after();
  let text = '';
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    if (text.split('\n\n').length > count) break;
  }
  leave.abort();
  return [...text.matchAll(/^event: (.*)\ndata: (.*)$/gm)].map(([, name = '', data = '']) => [name, JSON.parse(data)]);
}

const change = (name: string, fn: (server: RegisteredServer) => RegisteredServer) =>
  stage.registry.change(name, undefined, fn);

test('each change is an event of the stream and a line of the log', async () => {
  const log = createLog('info', { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]) });
  stage = await startGateway([aServer('shop', { one: program('one') })], { log });

  const events = await eventsFrom('/events', 7, async () => {
    const two = { version: 'two', upstream: { transport: 'sse', url: 'http://two.example', headers: {} } } as const;
    await change('shop', (server) => register(server, two, by));
    await change('shop', (server) => setTraffic(server, 'two', 30, by));
    await change('shop', (server) => rollback(server, 'two', by));
  });

  expect(events.map(([name]) => name)).toEqual([
    'server:registered',
    'server:traffic-changed',
    'server:traffic-changed',
    'server:traffic-changed',
    'server:status-changed',
    'server:traffic-changed',
    'server:rollback',
  ]);
  expect(events[1]).toEqual([
    'server:traffic-changed',
    { type: 'server:traffic-changed', server: 'shop', version: 'one', revision: 3, from: 100, to: 70, ...by },
  ]);
  expect(lines.map(({ msg, version }) => `${msg} ${version}`)).toEqual([
    'mcp_server_registered two',
    'mcp_server_traffic_changed one',
    'mcp_server_traffic_changed two',
    'mcp_server_traffic_changed one',
    'mcp_server_status_changed two',
    'mcp_server_traffic_changed two',
    'mcp_server_rollback two',
  ]);
});

test('the stream of one server has no events of another, and an unknown server has no stream', async () => {
  stage = await startGateway([aServer('shop', { one: program('one') }), aServer('pay', { one: program('one') })]);
  const two = { version: 'two', upstream: { transport: 'sse', url: 'http://two.example', headers: {} } } as const;

  const events = await eventsFrom('/servers/shop/events', 1, async () => {
    await change('pay', (server) => register(server, two, by));
    await change('shop', (server) => register(server, two, by));
  });
  const unknown = await fetch(`${stage.root}/servers/nothing/events`);

  expect(events.map(([, event]) => event)).toMatchObject([{ server: 'shop', type: 'server:registered' }]);
  expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining('SERVER_NOT_FOUND')]);
});
