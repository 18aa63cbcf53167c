import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aServer, program, startGateway, type Stage } from '../support/gateway-stage.ts';
import { call, textOf } from '../support/gateway-wire.ts';
import { connect, ERAS } from '../support/mcp-clients.ts';

const BETA = { by: 'header', name: 'x-plan', values: ['beta'] };
const GOLD = { by: 'claim', name: 'tier', values: ['gold'] };

let stage: Stage;
beforeAll(async () => {
  const versions = (audience: object) => ({ one: program('one'), two: { ...program('two'), audience } });
  stage = await startGateway([
    aServer('header', versions(BETA), { two: 100 }),
    aServer('claim', versions(GOLD), { two: 100 }),
    aServer('half', versions(BETA), { two: 50 }),
  ]);
}, 60_000);
afterAll(() => stage.close());

const token = (claims: object): string =>
  `Bearer ${['{}', JSON.stringify(claims), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.')}`;
const versionAt = async (server: string, headers: Record<string, string>): Promise<string> =>
  textOf(await call(stage.url(server), 'version', headers)).split(' ')[0] ?? '';

test.each([
  ['header', { 'x-plan': 'beta' }, 'two'],
  ['header', { 'x-plan': 'other' }, 'one'],
  ['header', {}, 'one'],
  ['claim', { authorization: token({ sub: 'ada', tier: 'gold' }) }, 'two'],
  ['claim', { authorization: token({ sub: 'bob', tier: 'tin' }) }, 'one'],
  ['claim', { authorization: 'Bearer opaque' }, 'one'],
])(
  'by %s, a caller with %j gets version %s',
  async (server, headers, expected) => {
    expect(await versionAt(server, headers)).toBe(expected);
  },
  60_000,
);

test.each(ERAS)(
  'a %s of the audience gets the version, and stays with it',
  async (era) => {
    const client = await connect(era, { url: stage.url('header'), headers: { 'x-plan': 'beta' } });
    for (let turn = 0; turn < 3; turn += 1)
      expect((await client.callTool('version', {})).content[0]?.text).toMatch(/^two/);
    await client.close();
  },
  60_000,
);

test('with less traffic the same part of the audience has the version each time, and nobody else', async () => {
  const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`);
  const all = (plan: string) => Promise.all(keys.map((key) => versionAt('half', { 'x-api-key': key, 'x-plan': plan })));
  const first = await all('beta');
  expect(new Set(first)).toEqual(new Set(['one', 'two']));
  expect(await all('beta')).toEqual(first);
  expect(new Set(await all('none'))).toEqual(new Set(['one']));
}, 60_000);
