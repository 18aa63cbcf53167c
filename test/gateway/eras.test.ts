import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  aServer,
  program,
  remote,
  shellProgram,
  startGateway,
  startRemote,
  type Stage,
} from '../support/gateway-stage.ts';
import { ask, call, textOf } from '../support/gateway-wire.ts';
import { connect, type ToolAnswer } from '../support/mcp-clients.ts';

/** A server of 2025 that answers calls outside of any session, as the SDKs of 2025 do over stdio. */
const ANSWERS = `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  const answer = method === 'tools/call' ? { result: { content: [] } } : { error: { code: -32601, message: 'no' } };
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
});`;
const said = ({ content }: ToolAnswer): string => content[0]?.text ?? '';

let stage: Stage;
let stop: () => Promise<void>;
beforeAll(async () => {
  const old = await startRemote('one', '2025');
  ({ stop } = old);
  stage = await startGateway([
    aServer('process', { one: program('one', '2025'), two: program('two') }, { two: 100 }),
    aServer('remote', { one: remote(old.url), two: program('two') }, { two: 100 }),
    aServer('alone', { one: shellProgram(ANSWERS) }),
  ]);
}, 60_000);
afterAll(async () => {
  await stage.close();
  await stop();
});

const outcomes = async (name: string) => {
  const { versions } = await stage.status(name);
  return versions.find(({ version }) => version === 'one')?.calls;
};

describe.each(['process', 'remote'])('blue is a %s that speaks 2025, and green speaks 2026', (name) => {
  test('a 2026 client that is sent back is told so before its call is sent, and connects anew', async () => {
    const client = await connect('2026 client', { url: stage.url(name) });
    expect(said(await client.callTool('version', {}))).toBe('two 1');
    await stage.shift(name, 'two', 0);
    const refused = {
      code: -32_022,
      data: { requested: '2026-07-28', supported: expect.arrayContaining(['2025-06-18']) },
    };
    await expect(client.callTool('version', {})).rejects.toMatchObject(refused);
    await expect(client.callTool('version', {})).rejects.toMatchObject(refused);
    expect(await outcomes(name)).toMatchObject({ protocol_error: 2 });
    await client.close();
    const anew = await connect('2026 client', { url: stage.url(name) });
    expect(said(await anew.callTool('version', {}))).toBe('one 1');
    await anew.close();
  }, 60_000);

  test('a client that goes on to green is served again', async () => {
    await stage.shift(name, 'two', 100);
    expect(textOf(await call(stage.url(name), 'version'))).toMatch(/^two/);
  });
});

test('a result without its type is a protocol error in the counters', async () => {
  expect(await ask(stage.url('alone'), 'tools/call', { name: 'any', arguments: {} })).toMatchObject({ result: {} });
  expect(await outcomes('alone')).toMatchObject({ protocol_error: 1 });
});
