import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { promote } from '../../src/domain/servers/actions.ts';
import { standIns } from '../../src/domain/gateway/stand-in.ts';
import { mayComeFrom } from '../../src/domain/gateway/uri-template.ts';
import { aServer, program, remote, startGateway, startRemote, type Stage } from '../support/gateway-stage.ts';
import { ask, call, inSession, post, session, textOf } from '../support/gateway-wire.ts';

const DAY = 24 * 60 * 60 * 1_000;

test('blue stands in, and after a switch the former blue, for a day', () => {
  const before = aServer('it', { one: program('one'), two: program('two') }, { two: 50 });
  const after = promote(before, 'two', { at: 1_000, who: 'me' });
  expect(standIns(before, 'two', 0)).toEqual(['one']);
  expect(standIns(before, 'one', 0)).toEqual([]);
  expect(standIns(after, 'two', DAY)).toEqual(['one']);
  expect(standIns(after, 'two', DAY + 1_000)).toEqual([]);
});

test('the version that becomes blue says how long', () => {
  const started = aServer('it', { one: program('one'), two: { ...program('two'), graceMs: 5_000 } });
  const after = promote(started, 'two', { at: 1_000, who: 'me' });
  expect([5_999, 6_000].map((now) => standIns(after, 'two', now))).toEqual([['one'], []]);
  const atOnce = aServer('it', { one: program('one'), two: { ...program('two'), graceMs: 0 } });
  expect(standIns(promote(atOnce, 'two', { at: 1_000, who: 'me' }), 'two', 1_000)).toEqual([]);
});

test.each([
  ['file:///{name}', 'file:///a.txt', true],
  ['file:///{name}', 'file:///a/b.txt', false],
  ['file:///{+path}', 'file:///a/b.txt', true],
  ['a.b://{x}/c{?q}', 'a.b://1/c?q=2', true],
  ['a.b://{x}', 'aXb://1', false],
  ['plain://x', 'plain://x', true],
])('the template %s and the address %s: %p', (template, uri, expected) => {
  expect(mayComeFrom(uri, template)).toBe(expected);
});

let stage: Stage;
const stops: (() => Promise<void>)[] = [];
const SERVERS = ['modern', 'legacy', 'remote'];

beforeAll(async () => {
  const remotes = await Promise.all([startRemote('one', '2025', 'only'), startRemote('two', '2025')]);
  stops.push(...remotes.map(({ stop }) => stop));
  stage = await startGateway([
    aServer('modern', { one: program('one', 'only'), two: program('two') }, { two: 100 }),
    aServer('legacy', { one: program('one', '2025', 'only'), two: program('two', '2025') }, { two: 100 }),
    aServer('remote', { one: remote(remotes[0]?.url ?? ''), two: remote(remotes[1]?.url ?? '') }, { two: 100 }),
  ]);
}, 60_000);
afterAll(async () => {
  await stage.close();
  await Promise.all(stops.map((stop) => stop()));
});

async function answers(name: string, tool: string): Promise<string> {
  if (name === 'modern') return textOf(await call(stage.url(name), tool));
  const mine = await session(stage.url(name));
  const { messages } = await inSession(stage.url(name), mine, tool);
  return textOf(messages.at(-1) ?? {});
}

/** The result of another request than of a tool, or the code of its error. */
async function result(name: string, method: string, params: object): Promise<unknown> {
  const url = stage.url(name);
  const sent =
    name === 'modern'
      ? await ask(url, method, params)
      : (await post(url, { jsonrpc: '2.0', id: 7, method, params }, await session(url))).messages.at(-1);
  return sent?.error?.code ?? sent?.result;
}

describe.each(['while green has all traffic', 'after green has become blue'])('%s', (when) => {
  beforeAll(async () => {
    if (when.startsWith('while')) return;
    for (const name of SERVERS)
      await stage.registry.change(name, undefined, (server) => promote(server, 'two', { at: Date.now(), who: 'me' }));
  });

  test.each(SERVERS)(
    'a tool that only the former blue of %s has is answered by it, every other one by green',
    async (name) => {
      expect(await answers(name, 'only')).toBe('one');
      expect(await answers(name, 'version')).toMatch(/^two/);
    },
    30_000,
  );

  test.each(SERVERS)(
    'so are the prompts and resources that only the former blue of %s has, also those of its templates',
    async (name) => {
      expect(await result(name, 'prompts/get', { name: 'only' })).toMatchObject({
        messages: [{ content: { text: 'one' } }],
      });
      for (const uri of ['only://here', 'only://any/7'])
        expect(await result(name, 'resources/read', { uri })).toMatchObject({ contents: [{ uri, text: 'one' }] });
      // No version has these, so green refuses.
      expect(await result(name, 'prompts/get', { name: 'none' })).toBe(-32601);
      expect(await result(name, 'resources/read', { uri: 'only://any/7/8' })).toBe(-32601);
    },
    30_000,
  );
});
