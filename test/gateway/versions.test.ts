import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aServer, program, remote, startGateway, startRemote, type Stage } from '../support/gateway-stage.ts';
import { ask, call, inSession, post, session, textOf } from '../support/gateway-wire.ts';

/** Callers with an API key each. */
const callers = Array.from({ length: 40 }, (_, index) => ({ 'x-api-key': `caller-${index}` }));
const version = (text: string): string => text.split(' ')[0] ?? '';

let stage: Stage;
let again: Stage;
const remotes: { url: string; stop(): Promise<void> }[] = [];

beforeAll(async () => {
  remotes.push(...(await Promise.all(['one', 'two'].map((label) => startRemote(label, '2025')))));
  const [one, two] = remotes.map(({ url }) => remote(url));
  if (!one || !two) throw new Error('no servers');
  const servers = [
    aServer('modern', { one: program('one'), two: program('two') }),
    aServer('legacy', { one: program('one', '2025'), two: program('two', '2025') }),
    aServer('remote', { one, two }),
  ];
  stage = await startGateway(servers);
  again = await startGateway(servers, { registry: stage.registry });
}, 60_000);
afterAll(async () => {
  await Promise.all([stage.close(), again.close()]);
  await Promise.all(remotes.map(({ stop }) => stop()));
});

async function answering(url: string): Promise<string[]> {
  const answers = await Promise.all(callers.map((caller) => call(url, 'version', caller)));
  return answers.map((answer) => version(textOf(answer)));
}

test('as traffic rises, callers move to green one way; as it falls, the same ones come back', async () => {
  const seen: string[][] = [];
  for (const traffic of [0, 30, 60, 100, 60, 30, 0]) {
    await stage.shift('modern', 'two', traffic);
    seen.push(await answering(stage.url('modern')));
  }
  const [none, some, more, all, moreAgain, someAgain, noneAgain] = seen;
  const green = (list: string[] | undefined): number => (list ?? []).filter((label) => label === 'two').length;
  expect([green(none), green(all)]).toEqual([0, callers.length]);
  expect(green(some)).toBeGreaterThan(3);
  expect(green(more)).toBeGreaterThan(green(some));
  expect(some?.every((label, index) => label === 'one' || more?.[index] === 'two')).toBe(true);
  expect([moreAgain, someAgain, noneAgain]).toEqual([more, some, none]);
}, 60_000);

test('another gateway divides the same callers in the same way', async () => {
  await stage.shift('modern', 'two', 50);
  expect(await answering(again.url('modern'))).toEqual(await answering(stage.url('modern')));
});

test('a session stays with its version while traffic moves', async () => {
  await stage.shift('legacy', 'two', 0);
  const mine = await session(stage.url('legacy'));
  await stage.shift('legacy', 'two', 100);
  const counted = await Promise.all(
    [1, 2].map(async () => (await inSession(stage.url('legacy'), mine, 'version')).messages),
  );
  expect(counted.flat().map(textOf).toSorted()).toEqual(['one 1', 'one 2']);
  const later = await session(stage.url('legacy'));
  expect((await inSession(stage.url('legacy'), later, 'version')).messages.map(textOf)).toEqual(['two 1']);
}, 30_000);

test('a session of a version behind HTTP goes on at another gateway', async () => {
  await stage.shift('remote', 'two', 0);
  const mine = await session(stage.url('remote'));
  await stage.shift('remote', 'two', 100);
  await inSession(stage.url('remote'), mine, 'version');
  expect((await inSession(again.url('remote'), mine, 'version')).messages.map(textOf)).toEqual(['one 2']);
});

test('a session of a process is not known to another gateway, which says so with 404', async () => {
  const mine = await session(stage.url('legacy'));
  const { status, messages } = await inSession(again.url('legacy'), mine, 'version');
  expect(status).toBe(404);
  expect(messages[0]?.error).toMatchObject({ code: -32001, data: { code: 'GATEWAY_SESSION_UNKNOWN' } });
});

test('two open requests with one id are not taken for one', async () => {
  const mine = await session(stage.url('legacy'));
  const hang = { jsonrpc: '2.0', id: 'same', method: 'tools/call', params: { name: 'hang', arguments: {} } };
  const leave = new AbortController();
  const hanging = post(stage.url('legacy'), hang, mine, leave.signal);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { messages } = await post(stage.url('legacy'), hang, mine);
  leave.abort();
  await expect(hanging).rejects.toThrow();
  expect(messages[0]?.error?.data?.code).toBe('GATEWAY_MESSAGE_INVALID');
});

test('a session that its caller ends is gone, and its process with it', async () => {
  await stage.shift('legacy', 'two', 0);
  const before = (await stage.status('legacy')).versions[0];
  const mine = await session(stage.url('legacy'));
  expect((await stage.status('legacy')).versions[0]).toMatchObject({ sessions: (before?.sessions ?? 0) + 1 });
  const ended = await fetch(stage.url('legacy'), { method: 'DELETE', headers: mine });
  expect(ended.status).toBe(200);
  expect((await stage.status('legacy')).versions[0]).toMatchObject({
    sessions: before?.sessions,
    processes: before?.processes,
  });
  expect((await inSession(stage.url('legacy'), mine, 'version')).status).toBe(404);
}, 30_000);

describe('a version asked for by header', () => {
  test('answers, whatever its traffic is', async () => {
    await stage.shift('modern', 'two', 0);
    expect(textOf(await call(stage.url('modern'), 'version', { 'x-mcp-server-version': 'two' }))).toMatch(/^two/);
  });

  test('that does not exist is an error with those that do', async () => {
    const { error } = await call(stage.url('modern'), 'version', { 'x-mcp-server-version': 'nine' });
    expect(error).toMatchObject({ code: -32602, data: { code: 'GATEWAY_VERSION_UNKNOWN', known: ['one', 'two'] } });
  });

  test('that is another than that of the session is refused', async () => {
    const mine = await session(stage.url('legacy'), { 'x-mcp-server-version': 'two' });
    expect((await inSession(stage.url('legacy'), mine, 'version')).messages.map(textOf)).toEqual(['two 1']);
    const other = await inSession(stage.url('legacy'), { ...mine, 'x-mcp-server-version': 'one' }, 'version');
    expect(other.status).toBe(404);
  }, 30_000);
});

describe('a question of a version', () => {
  const answers = { sure: { method: 'elicitation/create', result: { action: 'accept', content: { yes: true } } } };
  const reply = (state: unknown, to: string, headers = {}) =>
    ask(to, 'tools/call', { name: 'ask', arguments: {}, requestState: state, inputResponses: given }, headers);
  const given = { sure: answers.sure.result };

  test('is answered at that version, after traffic has moved, also through another gateway', async () => {
    await stage.shift('modern', 'two', 0);
    const asked = await call(stage.url('modern'), 'ask', callers[0]);
    expect(asked.result).toMatchObject({ resultType: 'input_required', requestState: expect.stringMatching(/^s1\./) });
    await stage.shift('modern', 'two', 100);
    const heard = await reply(asked.result?.['requestState'], again.url('modern'), callers[0]);
    expect(textOf(heard)).toBe('one heard true with state-of-one');
  });

  test('is not answered by another caller, nor with a state that was made up', async () => {
    const asked = await call(stage.url('modern'), 'ask', callers[0]);
    const foreign = await reply(asked.result?.['requestState'], stage.url('modern'), callers[1]);
    const forged = await reply('state-of-one', stage.url('modern'), callers[0]);
    for (const { error } of [foreign, forged]) expect(error?.data?.code).toBe('GATEWAY_HANDLE_REFUSED');
  });
});

test('a list is private and short while callers are divided, and as the version says otherwise', async () => {
  await stage.shift('modern', 'two', 50);
  const during = await ask(stage.url('modern'), 'tools/list');
  expect(during.result).toMatchObject({ cacheScope: 'private' });
  expect(Number(during.result?.['ttlMs'])).toBeLessThanOrEqual(5_000);
});

test('the status tells the revision in force, and what is open', async () => {
  const { revision } = (await stage.registry.read('modern')) ?? {};
  await stage.shift('modern', 'two', 20);
  const status = await stage.status('modern');
  expect(status).toMatchObject({
    server: 'modern',
    revision: (revision ?? 0) + 1,
    versions: [
      { version: 'one', status: 'blue', traffic: 80, open_requests: 0, drained: true },
      { version: 'two', status: 'green', traffic: 20 },
    ],
  });
});

test('calls are counted by version, tool and outcome', async () => {
  await stage.shift('modern', 'two', 0);
  await call(stage.url('modern'), 'fail');
  await call(stage.url('modern'), 'no-such-tool');
  const metrics = await (await fetch(`${stage.root}/metrics`)).text();
  const count = (tool: string, outcome: string): RegExp =>
    new RegExp(
      `^sluice_mcp_requests_total\\{server="modern",version="one",method="tools/call",tool="${tool}",outcome="${outcome}"\\} [1-9]`,
      'm',
    );
  expect(metrics).toMatch(count('version', 'ok'));
  expect(metrics).toMatch(count('fail', 'tool_error'));
  expect(metrics).toMatch(count('no-such-tool', '(protocol|tool)_error'));
  expect(metrics).toMatch(/^sluice_mcp_request_seconds_bucket\{.*tool="version",le="\+Inf"\} [1-9]/m);
  expect(metrics).toMatch(/^sluice_mcp_traffic_percent\{server="modern",version="one"\} 100$/m);
  expect((await stage.status('modern')).versions[0]?.calls.tool_error).toBeGreaterThan(0);
});

test('the caller that goes away cancels its request since 2026-07-28', async () => {
  const leave = new AbortController();
  const { versions } = await stage.status('modern');
  const hanging = ask(stage.url('modern'), 'tools/call', { name: 'hang', arguments: {} }, {}, leave.signal);
  await new Promise((resolve) => setTimeout(resolve, 200));
  leave.abort();
  await expect(hanging).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const after = (await stage.status('modern')).versions[0];
  expect(after?.open_requests).toBe(0);
  expect(after?.calls.cancelled).toBe((versions[0]?.calls.cancelled ?? 0) + 1);
});

test('a removed version leaves the others alone, and its sessions are told to start anew', async () => {
  await stage.shift('legacy', 'two', 0);
  const old = await session(stage.url('legacy'), { 'x-mcp-server-version': 'two' });
  const blue = await session(stage.url('legacy'));
  await stage.remove('legacy', 'two');
  expect((await inSession(stage.url('legacy'), old, 'version')).status).toBe(404);
  expect((await inSession(stage.url('legacy'), blue, 'version')).messages.map(textOf)).toEqual(['one 1']);
}, 30_000);

test.each([
  ['an unknown server', '/servers/nothing/mcp', '{"id":1,"method":"tools/list"}', 404, 'SERVER_NOT_FOUND'],
  ['another path', '/nothing', '{}', 404, 'PATH_NOT_FOUND'],
  ['what is not JSON', '/servers/modern/mcp', 'nonsense', 400, 'GATEWAY_MESSAGE_INVALID'],
  ['several messages at once for a process', '/servers/modern/mcp', '[]', 400, 'GATEWAY_MESSAGE_INVALID'],
  [
    'a call without a session or revision',
    '/servers/legacy/mcp',
    '{"id":1,"method":"tools/list"}',
    400,
    'GATEWAY_MESSAGE_INVALID',
  ],
])('%s is refused with what to do', async (_what, path, body, status, code) => {
  const sent = await post(`${stage.root}${path}`, body);
  expect(sent.status).toBe(status);
  expect(sent.messages[0]?.error?.data?.code).toBe(code);
});

test('a page of another site is refused', async () => {
  const sent = await post(stage.url('modern'), '{}', { origin: 'https://evil.example' });
  expect(sent.status).toBe(403);
});
