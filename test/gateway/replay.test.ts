import { afterEach, expect, test } from '@jest/globals';
import type { ReplayReport } from '../../src/gateway/replay.ts';
import { aServer, program, startGateway, type Reached, type Stage } from '../support/gateway-stage.ts';
import { call, textOf } from '../support/gateway-wire.ts';
import { connect, ERAS } from '../support/mcp-clients.ts';

let stage: Stage;
afterEach(() => stage.close());

async function open(green: Reached, recorded = 10): Promise<void> {
  stage = await startGateway([aServer('shop', { one: program('one'), two: green })], { recorded });
}

async function replayed(changing: readonly string[] = []): Promise<ReplayReport> {
  const body = JSON.stringify({ version: 'two', changing });
  const response = await fetch(`${stage.root}/servers/shop/replay`, { method: 'POST', body });
  return (await response.json()) as ReplayReport;
}

/** Recording follows the answer to the caller. */
async function recordedCalls(count: number): Promise<ReplayReport> {
  for (;;) {
    const report = await replayed();
    if (report.recorded >= count) return report;
  }
}

test('calls of clients of both eras are asked again of both versions, and what differs is told without values', async () => {
  await open(program('two', 'dearer'));
  for (const [index, era] of ERAS.entries()) {
    const client = await connect(era, { url: stage.url('shop') });
    await client.callTool('read', { id: `secret-${index}` });
    await client.callTool('version', {});
    await client.close();
  }
  const report = await recordedCalls(2);

  // The price is a text now. What blue itself answers in another way each time is no difference.
  expect(report).toEqual({
    ...{ recorded: 2, compared: 2, skipped: 0 },
    differences: [{ tool: 'read', path: 'content[].text.price', what: 'is string, was number', calls: 2 }],
  });
  expect((await replayed(['content[].text.price'])).differences).toEqual([]);
  expect(JSON.stringify(report)).not.toContain('secret');
  // A tool that is not said to read only was never called by the gateway.
  expect(textOf(await call(stage.url('shop'), 'version', { 'x-mcp-server-version': 'two' }))).toBe('two 1');
}, 60_000);

test('a tool that the new version does not offer any more is a difference', async () => {
  await open(program('two', '2025'));
  await call(stage.url('shop'), 'read', {}, { id: 'a' });
  expect((await recordedCalls(1)).differences).toEqual([
    { tool: 'read', path: '', what: 'the tool is not offered any more', calls: 1 },
  ]);
}, 60_000);

test('without the setting nothing is kept, and bad input is refused', async () => {
  await open(program('two'), 0);
  await call(stage.url('shop'), 'read', {}, { id: 'a' });
  expect(await replayed()).toEqual({ recorded: 0, compared: 0, skipped: 0, differences: [] });
  const asked = (body: string) => fetch(`${stage.root}/servers/shop/replay`, { method: 'POST', body });
  expect((await asked('{}')).status).toBe(400);
  const unknown = await asked('{"version":"nine"}');
  expect([unknown.status, await unknown.text()]).toEqual([400, expect.stringContaining('GATEWAY_VERSION_UNKNOWN')]);
  expect((await fetch(`${stage.root}/servers/shop/replay`)).status).toBe(405);
}, 60_000);
