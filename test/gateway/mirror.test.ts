import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import type { MirrorReport } from '../../src/gateway/mirror.ts';
import { aServer, program, remote, startGateway, startRemote, type Stage } from '../support/gateway-stage.ts';
import { call, textOf } from '../support/gateway-wire.ts';
import { connect, ERAS } from '../support/mcp-clients.ts';

let stage: Stage;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await stage.close();
  for (const stop of stops.splice(0)) await stop();
});

const asked = (body: object) =>
  fetch(`${stage.root}/servers/shop/mirror`, { method: 'POST', body: JSON.stringify(body) });

async function mirrored(changing: readonly string[] = []): Promise<MirrorReport> {
  return (await (await asked({ version: 'two', changing })).json()) as MirrorReport;
}

/** Mirroring follows the answer to the caller. */
async function after(compared: number): Promise<MirrorReport> {
  for (;;) {
    const report = await mirrored();
    if (report.compared + report.skipped >= compared) return report;
    await pause(20);
  }
}

const DEARER = { tool: 'read', path: 'content[].text.price', what: 'is string, was number' };

test('reading calls of clients of both eras reach the version without callers, and users get the answers of blue', async () => {
  stage = await startGateway([aServer('shop', { one: program('one'), two: program('two', 'dearer') })]);
  expect(await mirrored()).toEqual({ compared: 0, skipped: 0, differences: [] });
  for (const [index, era] of ERAS.entries()) {
    const client = await connect(era, { url: stage.url('shop') });
    const { content } = await client.callTool('read', { id: `secret-${index}` });
    expect(JSON.parse(content[0]?.text ?? '')).toMatchObject({ id: `secret-${index}`, price: 12 });
    await client.callTool('version', {});
    await client.close();
  }
  const report = await after(2);

  expect(report).toEqual({ compared: 2, skipped: 0, differences: [{ ...DEARER, calls: 2 }] });
  expect(JSON.stringify(report)).not.toContain('secret');
  // A tool that is not said to read only was not called, and mirrored calls are nobody's calls.
  expect(textOf(await call(stage.url('shop'), 'version', { 'x-mcp-server-version': 'two' }))).toBe('two 1');
  const [one, two] = (await stage.status('shop')).versions;
  expect([one?.calls.ok, two?.calls.ok]).toEqual([4, 1]);
}, 60_000);

test.each(['2025', '2026'])(
  'versions of %s behind HTTP get the call with the credentials of its caller',
  async (year) => {
    const [one, two] = await Promise.all(['one', 'two'].map((label) => startRemote(label, year, 'reads', 'asks-key')));
    stops.push(...[one, two].map((started) => async () => started?.stop()));
    stage = await startGateway([aServer('shop', { one: remote(one?.url ?? ''), two: remote(two?.url ?? '') })]);
    await mirrored();
    const client = await connect(year === '2025' ? '2025 client' : '2026 client', {
      url: stage.url('shop'),
      headers: { 'x-api-key': 'good' },
    });
    stops.push(() => client.close());
    await client.callTool('read', { id: 'a' });
    expect(await after(1)).toEqual({ compared: 1, skipped: 0, differences: [] });
  },
  60_000,
);

test('mirroring ends by itself when nobody asks for it any more', async () => {
  const versions = { one: program('one', '2025', 'reads'), two: program('two', '2025', 'reads') };
  stage = await startGateway([aServer('shop', versions)], { limits: { mirrorMs: 300 } });
  await mirrored();
  const client = await connect('2025 client', { url: stage.url('shop') });
  stops.push(() => client.close());
  await client.callTool('read', { id: 'a' });
  for (let two = 1; two > 0; two = (await stage.status('shop')).versions[1]?.processes ?? 0) await pause(20);
  await client.callTool('read', { id: 'b' });
  expect(await mirrored()).toEqual({ compared: 0, skipped: 0, differences: [] });
}, 60_000);

test('a version that fails is a difference, and bad input is refused', async () => {
  const two = { transport: 'stdio', command: 'no-such-program-here', args: [], env: {} } as const;
  stage = await startGateway([aServer('shop', { one: program('one'), two })]);
  await mirrored();
  await call(stage.url('shop'), 'read', {}, { id: 'a' });
  expect((await after(1)).differences).toMatchObject([{ tool: 'read', path: '' }]);
  expect((await asked({})).status).toBe(400);
  expect(await (await asked({ version: 'nine' })).text()).toContain('GATEWAY_VERSION_UNKNOWN');
  expect(await (await asked({ version: 'one' })).text()).toContain('is blue itself');
  expect((await fetch(`${stage.root}/servers/shop/mirror`)).status).toBe(405);
}, 60_000);
