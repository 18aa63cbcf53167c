import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { createLog } from '../../src/observability/log.ts';
import type { VersionStatus } from '../../src/gateway/status.ts';
import {
  aServer,
  program,
  remote,
  shellProgram,
  startGateway,
  startRemote,
  type Reached,
  type Stage,
} from '../support/gateway-stage.ts';
import { call } from '../support/gateway-wire.ts';
import { connect } from '../support/mcp-clients.ts';

let stage: Stage;
const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  await stage.close();
  for (const stop of stops.splice(0)) await stop();
});

const OFTEN = { everyMs: 100, timeoutMs: 500, unhealthyAfter: 2, healthyAfter: 2 };

async function until(name: string, version: string, met: (status: VersionStatus) => boolean): Promise<VersionStatus> {
  for (;;) {
    const status = (await stage.status(name)).versions.find((one) => one.version === version);
    if (status && met(status)) return status;
    await pause(50);
  }
}

/** A process that answers every request with an empty result while the file does not exist. */
function silentWhile(file: string): Reached {
  return shellProgram(`
    const { existsSync } = require('node:fs');
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { id, method } = JSON.parse(line);
      if (id === undefined || existsSync(${JSON.stringify(file)})) return;
      const result = method === 'initialize' ? { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'p', version: '1' } } : {};
      console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
    });`);
}

test('versions of every transport and era are healthy once they have answered a ping', async () => {
  const reached = await Promise.all([startRemote('a', '2025'), startRemote('b', '2026'), startRemote('c', 'sse')]);
  stops.push(...reached.map(({ stop }) => stop));
  const [http2025, http2026, sse] = reached.map(({ url }) => url) as [string, string, string];
  stage = await startGateway(
    [
      aServer('stdio-2025', { one: program('one', '2025') }),
      aServer('stdio-2026', { one: program('one') }),
      aServer('http-2025', { one: remote(http2025) }),
      aServer('http-2026', { one: remote(http2026) }),
      aServer('sse', { one: { transport: 'sse', url: sse, headers: {} } }),
    ],
    { health: { ...OFTEN, timeoutMs: 20_000 } },
  );

  const found = await Promise.all(
    stage.gateway.names().map((name) => until(name, 'one', ({ health }) => health.state !== 'unknown')),
  );

  expect(found.map(({ health }) => health.state)).toEqual(found.map(() => 'healthy'));
  // Pings are not calls of a user, and their session does not keep a version from being drained.
  expect(found.map(({ sessions, calls, drained }) => [sessions, calls.ok, drained])).toEqual(
    found.map(() => [0, 0, true]),
  );
}, 60_000);

test('a version that stops to answer pings is unhealthy, with the reason, and healthy when it answers again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'health-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  const silence = join(folder, 'silence');
  const lines: { msg: string; from?: string; to?: string; why?: string }[] = [];
  const log = createLog('info', { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]) });
  stage = await startGateway([aServer('shop', { one: silentWhile(silence) })], { health: OFTEN, log });
  const events: unknown[] = [];
  stops.push(stage.gateway.follow((event) => void events.push(event)));

  await until('shop', 'one', ({ health }) => health.state === 'healthy');
  writeFileSync(silence, '');
  const { health } = await until('shop', 'one', ({ health: { state } }) => state === 'unhealthy');
  const metrics = await (await fetch(`${stage.root}/metrics`)).text();
  rmSync(silence);
  await until('shop', 'one', ({ health: { state } }) => state === 'healthy');

  const why = expect.stringMatching(
    /^2 pings or calls in a row had no answer, last: The version has not answered a ping for 0.5 s/,
  );
  expect(existsSync(silence)).toBe(false);
  expect(health).toEqual({ state: 'unhealthy', reason: why, since: expect.stringMatching(/Z$/) });
  expect(metrics).toContain('sluice_mcp_unhealthy{server="shop",version="one"} 1');
  const common = { type: 'server:health-changed', server: 'shop', version: 'one', who: 'gateway' };
  expect(events).toMatchObject([
    { ...common, from: 'unknown', to: 'healthy' },
    { ...common, from: 'healthy', to: 'unhealthy', why },
    { ...common, from: 'unhealthy', to: 'healthy' },
  ]);
  expect(lines.map(({ msg, to }) => `${msg} ${to}`)).toEqual([
    'mcp_server_health_changed healthy',
    'mcp_server_health_changed unhealthy',
    'mcp_server_health_changed healthy',
  ]);
}, 60_000);

test('calls without an answer make a version unhealthy also without pings, and results marked as errors do not', async () => {
  stage = await startGateway([aServer('shop', { one: program('one') })], { health: { unhealthyAfter: 2 } });
  await call(stage.url('shop'), 'fail');
  expect((await until('shop', 'one', ({ calls }) => calls.tool_error === 1)).health.state).toBe('healthy');

  let status = await until('shop', 'one', () => true);
  while (status.health.state === 'healthy') {
    await call(stage.url('shop'), 'crash');
    status = await until('shop', 'one', () => true);
  }

  expect(status.health.reason).toMatch(/^2 pings or calls in a row had no answer, last: .* ended with code 3/);
}, 60_000);

test('a version without callers is not started to see whether it is healthy', async () => {
  const versions = { one: program('one', '2025'), two: program('two', '2025') };
  stage = await startGateway([aServer('shop', versions)], { health: { ...OFTEN, timeoutMs: 20_000 } });
  await until('shop', 'one', ({ health }) => health.state === 'healthy');
  expect(await until('shop', 'two', () => true)).toMatchObject({ processes: 0, health: { state: 'unknown' } });

  await stage.shift('shop', 'two', 10);

  await until('shop', 'two', ({ health }) => health.state === 'healthy');
}, 60_000);

test.each([
  ['2025 client', '2025'],
  ['2026 client', '2026'],
] as const)(
  'a guest pings a version only where its %s uses it, and starts no process for it',
  async (era, year) => {
    const folder = mkdtempSync(join(tmpdir(), 'health-'));
    stops.push(() => rmSync(folder, { recursive: true, force: true }));
    const end = join(folder, 'end');
    const health = { everyMs: 100, timeoutMs: 20_000, unhealthyAfter: 2, asGuest: true };
    const versions = { one: program('one', year, `end=${end}`), two: program('two', year) };
    stage = await startGateway([aServer('shop', versions, { two: 1 })], { health });
    const client = await connect(era, { url: stage.url('shop') });
    stops.push(() => client.close());

    const one = await until('shop', 'one', ({ health: { state } }) => state === 'healthy');
    expect([one.processes, await until('shop', 'two', () => true)]).toMatchObject([
      1,
      { processes: 0, health: { state: 'unknown' } },
    ]);
    // Without a call of the user, only pings can show that the version does not come back.
    writeFileSync(end, '');
    const { health: found } = await until('shop', 'one', ({ health: { state } }) => state === 'unhealthy');
    expect(found.reason).toMatch(/^2 pings or calls in a row had no answer/);
  },
  60_000,
);
