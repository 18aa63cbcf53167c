import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { HttpServer } from '../../src/http/server.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { aView, createFakeGateway, fakeServices, type FakeGateway } from '../support/fake-gateway.ts';
import { memoryAudit } from '../support/mcp-server.ts';
import { probeCommand, toolsetsWith } from '../support/probe-command.ts';
import { callRest, restDeps, send, startRestServer } from '../support/rest.ts';

const ID = 'release/prod/shop/web';
const audit = memoryAudit();
let gateway: FakeGateway;
let writing: HttpServer;
let reading: HttpServer;
beforeAll(async () => {
  gateway = createFakeGateway();
  const shared = { toolsets: toolsetsWith(probeCommand()), audit };
  writing = await startRestServer(restDeps(fakeServices(gateway), shared));
  reading = await startRestServer(
    restDeps(fakeServices(gateway), { ...shared, gate: { allowWrite: false, toolsets: ['release'] } }),
  );
});
afterAll(async () => {
  await writing.close();
  await reading.close();
});
beforeEach(() => {
  gateway.views.clear();
  gateway.views.set(ID, aView());
  gateway.sent.length = 0;
  gateway.failure = undefined;
  audit.entries.length = 0;
});

const toolUrl = (name: string, server = writing) => `${server.restUrl}/tools/${name}`;
const JSON_TYPE = { 'content-type': 'application/json' };

test('a call answers what the command answers', async () => {
  const { status, body } = await callRest(writing, 'release_get', { release_id: ID });

  expect(status).toBe(200);
  expect(body).toEqual({ result: expect.objectContaining({ release_id: ID, state: 'soaking' }) });
});

test('an answer and an error name requests of REST, not tools', async () => {
  const { body: answer } = await callRest(writing, 'release_get', { release_id: ID });
  const { body: refused } = await callRest(writing, 'release_get', { release_id: 'release/prod/shop/other' });

  expect(answer).toMatchObject({
    result: { next: expect.stringContaining('call POST /engine/v1/tools/release_wait') },
  });
  expect(refused).toMatchObject({ error: { next: 'Call POST /engine/v1/tools/release_list for the ids.' } });
});

test('no body at all means no arguments', async () => {
  const answer = await send(toolUrl('release_list'), { method: 'POST' });
  const typed = await send(toolUrl('release_list'), { method: 'POST', headers: JSON_TYPE });

  expect([answer.status, typed.status]).toEqual([200, 200]);
  expect(JSON.parse(answer.body)).toEqual(JSON.parse(typed.body));
});

test('an error has the status and the words of the catalogue', async () => {
  const wrong = await callRest(writing, 'release_get', { release_id: ID, detial: 'full' });
  const missing = await callRest(writing, 'release_get', { release_id: 'release/prod/shop/other' });
  gateway.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'Temporal is away.');
  const away = await callRest(writing, 'release_get', { release_id: ID });

  expect(wrong).toMatchObject({
    status: 400,
    body: { error: { code: 'UNKNOWN_NAME', message: expect.stringContaining('did you mean detail?') } },
  });
  expect(missing).toMatchObject({
    status: 404,
    body: { error: { code: 'RELEASE_NOT_FOUND', next: expect.any(String) } },
  });
  expect(away).toMatchObject({ status: 503, body: { error: { code: 'TEMPORAL_UNREACHABLE' } } });
});

test('an answer that is bad news has the status of its code, and is whole', async () => {
  const { status, body } = await callRest(writing, 'release_probe', { mode: 'refuse' });

  expect(status).toBe(409);
  expect(body).toEqual({
    result: { effective: 'refused', next: 'Look at the state.' },
    error: { code: 'NOT_APPLICABLE', message: 'It is refused.', next: 'Look at the state.' },
  });
});

test('a failure that nobody foresaw tells nothing of its inside', async () => {
  const { status, body } = await callRest(writing, 'release_probe', { mode: 'break' });

  expect([status, body]).toEqual([
    500,
    { error: { code: 'INTERNAL', message: expect.any(String), next: expect.any(String) } },
  ]);
  expect(JSON.stringify(body)).not.toMatch(/hunter22|\.ts|TypeError/);
});

test('a destructive call says with which value to repeat it, and does nothing before', async () => {
  const asked = await callRest(writing, 'release_abort', { release_id: ID });
  const sentBefore = gateway.sent.length;
  const done = await callRest(writing, 'release_abort', { release_id: ID, confirm: ID });

  expect(asked).toMatchObject({
    status: 409,
    body: { error: { code: 'CONFIRMATION_REQUIRED', details: { confirm: ID } } },
  });
  expect([sentBefore, gateway.sent.length, done.status]).toEqual([0, 1, 200]);
});

test('a server that does not write refuses to, before it looks at the arguments', async () => {
  const call = await callRest(reading, 'release_abort', { nonsense: true });
  const look = await send(toolUrl('release_abort', reading));
  const streamed = await send(toolUrl('release_pause', reading), {
    headers: { ...JSON_TYPE, accept: 'text/event-stream' },
    body: '{}',
  });

  expect(call).toMatchObject({ status: 403, body: { error: { code: 'WRITE_DISABLED' } } });
  expect([look.status, streamed.status]).toEqual([403, 403]);
  expect(gateway.sent).toEqual([]);
  expect(audit.entries.map(({ tool, result }) => [tool, result])).toEqual([
    ['release_abort', 'WRITE_DISABLED'],
    ['release_pause', 'WRITE_DISABLED'],
  ]);
});

test('an unknown tool is named, with the nearest', async () => {
  expect(await callRest(writing, 'release_lst', {})).toMatchObject({
    status: 404,
    body: { error: { code: 'TOOL_NOT_FOUND', message: 'There is no tool release_lst; did you mean release_list?' } },
  });
  expect(await callRest(writing, 'x'.repeat(1500), {})).toMatchObject({
    status: 404,
    body: { error: { code: 'TOOL_NOT_FOUND' } },
  });
  expect(audit.entries.map(({ who, tool, kind, result }) => [who, tool.length, kind, result])).toEqual([
    ['http:127.0.0.1', 11, 'unknown', 'TOOL_NOT_FOUND'],
    ['http:127.0.0.1', 80, 'unknown', 'TOOL_NOT_FOUND'],
  ]);
});

test('the caller is an address, and what the caller says its name is', async () => {
  await callRest(writing, 'release_list', {});
  await callRest(writing, 'release_list', {}, { 'sluice-caller': 'ci bot@10.0.0.1/<b>' });

  expect(audit.entries.map(({ who, tool, result }) => [who, tool, result])).toEqual([
    ['http:127.0.0.1', 'release_list', 'ok'],
    ['http:ci-bot-10.0.0.1-b-@127.0.0.1', 'release_list', 'ok'],
  ]);
});

test.each([
  ['broken JSON', { headers: JSON_TYPE, body: '{"release_id":' }, 400, 'INVALID_INPUT'],
  ['a prototype', { headers: JSON_TYPE, body: '{"__proto__":{"allowWrite":true}}' }, 400, 'INVALID_INPUT'],
  ['null', { headers: JSON_TYPE, body: 'null' }, 400, 'INVALID_INPUT'],
  ['a list', { headers: JSON_TYPE, body: '[]' }, 400, 'INVALID_INPUT'],
  ['null in the place of a text', { headers: JSON_TYPE, body: '{"release_id":null}' }, 400, 'INVALID_INPUT'],
  [
    'a form',
    { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'release_id=1' },
    415,
    'MEDIA_TYPE_UNSUPPORTED',
  ],
  ['plain text', { headers: { 'content-type': 'text/plain' }, body: '{}' }, 415, 'MEDIA_TYPE_UNSUPPORTED'],
  [
    'a body that is too large',
    { headers: JSON_TYPE, body: JSON.stringify({ release_id: 'x'.repeat(1_100_000) }) },
    413,
    'BODY_TOO_LARGE',
  ],
  ['another method', { method: 'DELETE' }, 405, 'METHOD_NOT_ALLOWED'],
  ['another host', { headers: { ...JSON_TYPE, host: 'evil.example' }, body: '{}' }, 403, 'FOREIGN_ORIGIN'],
  [
    'a page of another site',
    { headers: { ...JSON_TYPE, origin: 'https://evil.example' }, body: '{}' },
    403,
    'FOREIGN_ORIGIN',
  ],
] as const)('%s is refused in the form of the catalogue', async (_, call, status, code) => {
  const answer = await send(toolUrl('release_get'), call);

  expect([answer.status, (JSON.parse(answer.body) as { error: { code: string } }).error.code]).toEqual([status, code]);
  expect(answer.body).not.toMatch(/node_modules|\.[jt]s:\d/);
});

test('a path that is no text is refused in the form of the catalogue', async () => {
  const answer = await send(`${writing.restUrl}/tools/%c0`);

  expect([answer.status, JSON.parse(answer.body)]).toEqual([
    400,
    { error: expect.objectContaining({ code: 'INVALID_INPUT' }) },
  ]);
});
