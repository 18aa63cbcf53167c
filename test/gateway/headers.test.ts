import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { messageHeaders, mismatchIn, paramHeadersOf } from '../../src/domain/gateway/message-headers.ts';
import { readMessage } from '../../src/domain/gateway/message.ts';
import { aServer, program, remote, startGateway, startRemote, type Stage } from '../support/gateway-stage.ts';
import { openLines } from '../support/gateway-lines.ts';
import { ask, call, textOf } from '../support/gateway-wire.ts';

let stage: Stage;
let far: Awaited<ReturnType<typeof startRemote>>;
beforeAll(async () => {
  far = await startRemote('far', '2026', 'headers');
  stage = await startGateway([
    aServer('near', { one: program('near', 'headers') }),
    aServer('far', { one: remote(far.url) }),
  ]);
}, 60_000);
afterAll(async () => {
  await stage.close();
  await far.stop();
});

const sell = (server: string, headers: Record<string, string>, region = 'Köln') =>
  call(stage.url(server), 'sell', headers, { region });
const KÖLN = { 'mcp-param-region': `=?base64?${Buffer.from('Köln').toString('base64')}?=` };

test.each(['near', 'far'])(
  'a header of an argument has to repeat it at a version %s, whoever of gateway and version sees it',
  async (server) => {
    await ask(stage.url(server), 'tools/list');
    expect(textOf(await sell(server, KÖLN))).toBe(`${server} in Köln`);
    for (const wrong of [{}, { 'mcp-param-region': 'Bonn' }, { 'mcp-param-region': '=?base64?%?=' }])
      expect((await sell(server, wrong)).error?.code).toBe(-32_020);
  },
  30_000,
);

test('a process is not asked what Mcp-Method and Mcp-Name do not name', async () => {
  const wrong = { 'mcp-name': 'fail' };
  expect((await call(stage.url('near'), 'version', wrong)).error).toMatchObject({
    code: -32_020,
    message: expect.stringContaining('the header mcp-name is not version'),
    data: { code: 'GATEWAY_HEADER_MISMATCH' },
  });
  expect((await call(stage.url('near'), 'version', { 'mcp-method': 'tools/list' })).error?.code).toBe(-32_020);
});

test('for a client over stdio the gateway makes the headers', async () => {
  const client = openLines(stage.gateway, 'far');
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'lines', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const asked = async (id: number, method: string, params: object): Promise<string> => {
    client.send({ jsonrpc: '2.0', id, method, params: { ...params, _meta } });
    return JSON.stringify(await client.next());
  };
  expect(await asked(1, 'tools/list', {})).toContain('x-mcp-header');
  expect(await asked(2, 'tools/call', { name: 'sell', arguments: { region: 'Köln' } })).toContain('far in Köln');
  await client.close();
}, 30_000);

const schema = {
  properties: {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    size: { type: 'object', properties: { width: { type: 'integer', 'x-mcp-header': 'Width' } } },
    price: { type: 'number', 'x-mcp-header': 'Price' },
    odd: { type: 'string', 'x-mcp-header': 'not a token' },
  },
  items: { type: 'string', 'x-mcp-header': 'Deep' },
};
const message = (args: object) =>
  readMessage({ id: 1, method: 'tools/call', params: { name: 'it', arguments: args, _meta: {} } }) as never;

test('only declarations that the revision allows count, numbers are compared as numbers, and absent ones not at all', () => {
  const declared = paramHeadersOf(schema);
  expect(declared.map(({ header }) => header)).toEqual(['mcp-param-region', 'mcp-param-width']);
  const made = messageHeaders(message({ size: { width: 42 } }), declared);
  expect(made).toMatchObject({ 'mcp-name': 'it', 'mcp-param-width': '42' });
  expect(made).not.toHaveProperty('mcp-param-region');
  const given = { ...made, 'mcp-param-width': '42.0', 'mcp-param-region': 'ignored' };
  expect(mismatchIn(given, message({ size: { width: 42 } }), declared)).toBeUndefined();
  expect(mismatchIn(given, message({ size: { width: 43 } }), declared)).toBe('the header mcp-param-width is not 43');
});
