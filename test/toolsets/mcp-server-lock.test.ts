import { expect, test } from '@jest/globals';
import { register } from '../../src/domain/servers/actions.ts';
import { emptyServer, type RegisteredServer } from '../../src/domain/servers/server.ts';
import { sluice } from '../support/cli.ts';
import { createFakeContracts } from '../support/fake-contracts.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { createFakeServers } from '../support/fake-servers.ts';

const upstream = { transport: 'stdio', command: 'node', args: [], env: {} } as const;
const by = { at: 0, who: 'cli:ada' };
const tool = (required: readonly string[]) => ({
  name: 'get',
  inputSchema: { type: 'object', properties: { id: { type: 'string' }, key: { type: 'string' } }, required },
});

/** Versions 1 (blue), 2 (a required argument more) and 3 (a tool more). */
function world() {
  const versions = ['1', '2', '3'];
  const server = versions.reduce<RegisteredServer>(
    (one, version) => register(one, { version, upstream, blue: version === '1' }, by),
    emptyServer('demo', 'project'),
  );
  const gateway = createFakeGateway();
  const contracts = createFakeContracts({
    '1': { tools: [tool(['id'])] },
    '2': { tools: [tool(['id', 'key'])] },
    '3': { tools: [tool(['id']), { name: 'put', inputSchema: { type: 'object' } }] },
  });
  const services = { ...fakeServices(gateway), servers: createFakeServers(server), contracts };
  return (...words: string[]) => sluice({ gateway, services }, 'server', 'lock', 'demo', ...words);
}

test('a version is compared with blue, whose lock is read when there is none', async () => {
  const lock = world();
  const broken = await lock('2');
  expect([broken.code, broken.out]).toEqual([7, expect.stringContaining('against 1: breaking, not accepted')]);
  expect(broken.out).toContain('breaking: tool get: argument key is required now');
  expect(JSON.parse((await lock('3', '--json')).out)).toMatchObject({ verdict: 'compatible', accepted: true });
  const blue = (await lock('1')).out;
  expect(blue).toContain('demo 1: 1 item in its contract (tools, prompts, resources), protocol of');
  expect(blue).toContain('It was not compared, because no other version is blue.');
  expect((await lock('3', '--against', '2')).out).toContain('compatible: tool get: argument key is no longer required');
});

test('a breaking change is accepted with a reason', async () => {
  const { code, out } = await world()('2', '--reason', 'All callers pass key');
  expect([code, out]).toEqual([
    0,
    expect.stringContaining('against 1: breaking, accepted by cli:ada (All callers pass key)\n'),
  ]);
  expect(out).toContain('Names that only 1 has stay callable for 1d after 2 becomes blue.');
  expect((await world()('3')).out).not.toContain('stay callable');
});

test('an unknown version is refused', async () => {
  expect((await world()('9')).err).toContain('has no version 9');
  expect((await world()('2', '--against', '9')).err).toContain('has no version 9');
});
