import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import { setTraffic } from '../../src/domain/servers/actions.ts';
import { RARE, ServerRelease } from '../support/server-release.ts';
import { recordHistory } from '../support/workflow-history.ts';
import { startTestTemporal } from '../support/temporal.ts';

jest.setTimeout(300_000);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

type Opened = Parameters<ServerRelease['open']>[0];

async function withServer(name: string, body: (one: ServerRelease) => Promise<void>, opened?: Opened): Promise<void> {
  const one = new ServerRelease(temporal, name);
  await one.open(opened);
  try {
    await body(one);
  } finally {
    await one.close();
  }
}

const statuses = async (one: ServerRelease) =>
  (await one.server()).versions.map(({ version, status, traffic }) => `${version} ${status} ${traffic}`);

test('a good version becomes blue step by step, also when its worker is killed in between', () =>
  withServer('good', async (one) => {
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
  withServer(
    'bad',
    async (one) => {
      await one.start();
      const worker = await one.worker();
      const result = await worker.runUntil(() => one.ended());
      expect(result).toEqual({ state: 'rolled-back', reason: expect.stringMatching(/error/) });
      expect(await statuses(one)).toEqual(['1.0.0 blue 100', '2.0.0 inactive 0']);
      expect((await one.server()).release).toBeUndefined();
    },
    { options: ['faulty'] },
  ));

test('a version of which one seldom called tool fails loses its callers, and the tool is named', () =>
  withServer(
    'rare',
    async (one) => {
      // A tool with too few calls is not judged by itself, and a busy machine answers few calls in a second.
      await one.start({ analysis: { ...one.analysis, min_requests: 20 * RARE } });
      const worker = await one.worker();
      const result = await worker.runUntil(() => one.ended());
      const reason = /^errors of rare: new .* % of \d+, stable 0.00 % of \d+; .*worse by more than 10.0 points/;
      expect(result).toEqual({ state: 'rolled-back', reason: expect.stringMatching(reason) });
      await recordHistory('mcp-one-tool-fails', one.handle);
    },
    { options: ['faulty-rare'] },
  ));

test('a version that ends without any call loses its callers at once, with the reason', async () => {
  const end = join(mkdtempSync(join(tmpdir(), 'mcp-end-')), 'end');
  await withServer(
    'ending',
    async (one) => {
      await one.start({ analysis: { soak: '1h', min_requests: 20 } });
      const worker = await one.worker();
      const result = await worker.runUntil(async () => {
        await one.until(({ state }) => state === 'soaking');
        writeFileSync(end, '');
        return one.ended();
      });
      expect(result.state).toBe('rolled-back');
      expect(result.reason).toMatch(
        /^health: 2.0.0 is unhealthy at http:.*: 3 pings or calls in a row had no answer, last: /,
      );
      expect(await statuses(one)).toEqual(['1.0.0 blue 100', '2.0.0 inactive 0']);
    },
    { options: [`end=${end}`], callers: 0 },
  );
  rmSync(dirname(end), { recursive: true });
});

test('after a release a rollback by command makes the former version blue again, and ends the guard', () =>
  withServer('back', async (one) => {
    await one.start({ guard: '10m' });
    const worker = await one.worker();
    await worker.runUntil(async () => {
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
      await recordHistory('mcp-good', one.handle);
      const printed = await one.command('release', 'rollback', 'release/mcp/servers/back', '--yes');
      expect(printed).toMatch(/^Rollback proved: .*1.0.0 is stable again and has all traffic/);
      await one.guard.result();
      one.follow();
      await recordHistory('mcp-rollback', one.handle);
    });
    expect(await statuses(one)).toEqual(['1.0.0 blue 100', '2.0.0 inactive 0']);
    expect((await one.server()).release).toBeUndefined();
  }));

test('a version whose results turn into errors after its release is taken back by the guard', async () => {
  const faulty = join(mkdtempSync(join(tmpdir(), 'mcp-faulty-')), 'faulty');
  await withServer(
    'late',
    async (one) => {
      await one.start({ guard: '10m' });
      const worker = await one.worker();
      await worker.runUntil(async () => {
        expect(await one.ended()).toMatchObject({ state: 'succeeded' });
        writeFileSync(faulty, '');
        expect(await one.guard.result()).toMatchObject({
          state: 'rolling-back',
          reason: expect.stringMatching(/^2.0.0 turned bad after its release: errors/),
        });
        await recordHistory('mcp-guard-of-late-errors', one.guard);
        one.follow();
        expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
      });
      expect(await statuses(one)).toEqual(['1.0.0 blue 100', '2.0.0 inactive 0']);
    },
    { options: [`faulty=${faulty}`] },
  );
  rmSync(dirname(faulty), { recursive: true });
});

test('after calls were mirrored, only the release changes the server; an abort gives the callers back', () =>
  withServer('held', async (one) => {
    await one.start({ require_manual_promotion: true, mirror: { calls: 3 } });
    const worker = await one.worker();
    await worker.runUntil(async () => {
      const { events } = await one.until(({ waiting }) => waiting?.for === 'promotion');
      const texts = events.map(({ text }) => text);
      const compared = texts.findIndex((text) => /mirrored calls of users compared: the answers are/.test(text));
      expect(compared).toBeGreaterThan(0);
      expect(texts.findIndex((text) => text.includes('weight 50'))).toBeGreaterThan(compared);
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
      await recordHistory('mcp-mirrored', one.handle);
    });
    expect(await statuses(one)).toEqual(['1.0.0 blue 100', '2.0.0 inactive 0']);
  }));
