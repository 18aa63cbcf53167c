import { afterAll, expect, jest, test } from '@jest/globals';
import { setTraffic } from '../../src/domain/servers/actions.ts';
import { ServerRelease } from '../support/server-release.ts';
import { startTestTemporal } from '../support/temporal.ts';

jest.setTimeout(120_000);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

async function withServer(name: string, faulty: boolean, body: (one: ServerRelease) => Promise<void>): Promise<void> {
  const one = new ServerRelease(temporal, name);
  await one.open(faulty);
  try {
    await body(one);
  } finally {
    await one.close();
  }
}

const statuses = async (one: ServerRelease) =>
  (await one.server()).versions.map(({ version, status, traffic }) => `${version} ${status} ${traffic}`);

test('a good version becomes blue step by step, also when its worker is killed in between', () =>
  withServer('good', false, async (one) => {
    const first = one.program('worker');
    expect(await one.startByCommand()).toContain('Started: mcp release of servers/good on mcp to 2.0.0');
    await one.until(({ state }) => state === 'soaking');
    first.kill('SIGKILL');
    one.program('worker');
    expect(await one.ended()).toEqual({ state: 'succeeded', reason: '2.0.0 is stable' });
    expect(await statuses(one)).toEqual(['1.0.0 inactive 0', '2.0.0 blue 100']);
    const server = await one.server();
    expect(server.release).toBeUndefined();
    expect(server.history.map(({ action, who }) => `${action} ${who}`)).toEqual([
      'register tester',
      'register tester',
      'traffic release/mcp/servers/good',
      'traffic release/mcp/servers/good',
      'promote release/mcp/servers/good',
    ]);
  }));

test('a version whose results are errors loses its callers by itself', () =>
  withServer('bad', true, async (one) => {
    await one.start();
    const worker = await one.worker();
    const result = await worker.runUntil(() => one.ended());
    expect(result).toMatchObject({ state: 'rolled-back' });
    expect(result.reason).toMatch(/error/);
    expect(await statuses(one)).toEqual(['1.0.0 blue 100', '2.0.0 inactive 0']);
    expect((await one.server()).release).toBeUndefined();
  }));

test('while it is released, only the release changes the server; an abort gives the callers back', () =>
  withServer('held', false, async (one) => {
    await one.start({ require_manual_promotion: true });
    const worker = await one.worker();
    await worker.runUntil(async () => {
      await one.until(({ waiting }) => waiting?.for === 'promotion');
      const change = one.systems.servers.change('held', undefined, (server) =>
        setTraffic(server, '2.0.0', 1, { at: 2, who: 'tester' }),
      );
      await expect(change).rejects.toMatchObject({
        code: 'SERVER_HELD',
        message: 'held is held by the release release/mcp/servers/held of version 2.0.0.',
        next: expect.stringContaining('release_abort with release_id "release/mcp/servers/held"'),
      });
      await one.update('abort');
      expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    });
    expect(await statuses(one)).toEqual(['1.0.0 blue 100', '2.0.0 inactive 0']);
  }));
