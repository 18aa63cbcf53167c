import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { promote } from '../../src/domain/servers/actions.ts';
import { standIns } from '../../src/domain/gateway/stand-in.ts';
import { aServer, program, remote, startGateway, startRemote, type Stage } from '../support/gateway-stage.ts';
import { call, inSession, session, textOf } from '../support/gateway-wire.ts';

const DAY = 24 * 60 * 60 * 1_000;

test('blue stands in, and after a switch the former blue, for a day', () => {
  const before = aServer('it', { one: program('one'), two: program('two') }, { two: 50 });
  const after = promote(before, 'two', { at: 1_000, who: 'me' });
  expect(standIns(before, 'two', 0)).toEqual(['one']);
  expect(standIns(before, 'one', 0)).toEqual([]);
  expect(standIns(after, 'two', DAY)).toEqual(['one']);
  expect(standIns(after, 'two', DAY + 1_000)).toEqual([]);
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
});
