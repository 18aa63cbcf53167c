import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { clientOf } from '../../sandbox/apps/applications.ts';
import { sandboxDown, sandboxStatus, sandboxUp, type Sandbox } from '../../sandbox/index.ts';
import { markedProcesses } from '../../sandbox/processes/proc.ts';
import { connectMcp } from '../../src/entry/demo/mcp-link.ts';
import { LISTED } from '../support/mcp-server.ts';
import { Start } from './start-process.ts';

const START_MS = 300_000;
let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-start-'));
});
afterEach(() => Start.endAll(), 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('bad input is one sentence, and nothing is started', () => {
  test.each([
    ['an unknown option', ['--onec'], {}, /Unknown option '--onec'.*Known are --once/],
    [
      'a kubeconfig that is not there',
      ['--kubeconfig', '/nowhere/config'],
      {},
      /There is no kubeconfig at \/nowhere\/config\. Correct --kubeconfig/,
    ],
    ['an unknown demo', ['--demo', 'argo'], {}, /There is no demo argo\. Use --demo mcp/],
    [
      'the demo of an MCP server with a kubeconfig',
      ['--demo', 'mcp', '--kubeconfig', 'package.json'],
      {},
      /--demo mcp uses no cluster\. Leave out/,
    ],
    ['--once with a kubeconfig', ['--once', '--kubeconfig', 'package.json'], {}, /--once .*sandbox only\. Leave out/],
    [
      'a port that is no port',
      ['--once'],
      { MCP_PORT: 'eighty' },
      /MCP_PORT=eighty is not a port\. Set it to a number/,
    ],
  ])('%s', async (_, args, env, sentence) => {
    const start = new Start(args, { SLUICE_HOME: home, ...env });
    expect(await start.ended).toBe(1);
    expect(start.text).toMatch(sentence);
    expect(start.text.trim().split('\n')).toHaveLength(1);
  });

  test('a port that the user named and somebody holds', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const start = new Start(['--once'], { SLUICE_HOME: home, MCP_PORT: String(port) });
    expect(await start.ended).toBe(1);
    expect(start.text).toMatch(`Port ${port} (MCP_PORT) is taken. End what holds it`);
    await closed(server);
  });
});

test(
  '--once from nothing: a good release, a bad one that is rolled back, exit code 0, nothing left',
  async () => {
    const place = { name: 'start-once', home };
    const start = new Start(['--once', '--name', place.name], { SLUICE_HOME: home, MCP_PORT: '0' });
    const code = await start.ended.finally(() => sandboxDown(place));
    expect(start.text).toMatch(/succeeded after .* by v2\n[^]*rolled-back after .* by v2\n/);
    expect(code).toBe(0);
    // No request failed but those that the bad version itself answered badly.
    expect(start.text.match(/failed: .*/g)).toEqual([
      'failed: none',
      expect.stringMatching(/^failed: \d+, all by v3-errors-20$/) as unknown,
    ]);
    expect((await sandboxStatus(place)).state).toBe('stopped');
    expect(markedProcesses(join(home, 'sandbox', place.name))).toEqual([]);
  },
  START_MS + 180_000,
);

describe('with a sandbox that is up', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await sandboxUp({ name: 'start', home });
  }, START_MS);
  afterAll(() => sandboxDown({ name: 'start', home }), 60_000);

  test(
    'a kubeconfig instead: nothing is changed there, write tools are absent, doctor says what is missing',
    async () => {
      const before = await changeable(sandbox);
      const start = new Start(['--kubeconfig', sandbox.kubeconfig], {
        SLUICE_HOME: home,
        MCP_PORT: '0',
        TEMPORAL_ADDRESS: sandbox.temporalAddress,
      });
      const url = await start
        .printed(/MCP endpoint {2}(\S+)/, START_MS)
        .catch((error: unknown) => giveUp(start, error));
      const link = await connectMcp(url, 'test', { token: readFileSync(join(home, 'token'), 'utf8').trim() });
      expect(await link.tools()).toEqual(LISTED.reading);
      await expect(
        link.call('release_start', { target: { namespace: 'shop', rollout: 'shop' }, image: 'shop:v2' }),
      ).rejects.toMatchObject({ code: 'WRITE_DISABLED' });
      await link.close();
      expect(start.text).toMatch(/missing +Prometheus/);
      expect(start.text).toContain('write tools are off');
      expect(await start.interrupt()).toBe(0);
      expect(await changeable(sandbox)).toEqual(before);
    },
    START_MS,
  );

  test(
    'no Temporal: one of its own, whose state and address outlive it',
    async () => {
      const run = async (): Promise<string> => {
        const start = new Start(['--kubeconfig', sandbox.kubeconfig], {
          SLUICE_HOME: home,
          MCP_PORT: '0',
          TEMPORAL_ADDRESS: '127.0.0.1:1',
          MCP_ALLOW_WRITE: 'true',
        });
        await start.printed(/write tools are ON/, START_MS).catch((error: unknown) => giveUp(start, error));
        expect(await start.interrupt()).toBe(0);
        return start.text;
      };
      const first = await run();
      const second = await run();
      expect(first).toMatch(/Temporal at 127\.0\.0\.1:1 does not answer.* Starting a Temporal dev server here instead/);
      expect(second).toContain('from earlier starts too');
      const address = /Temporal runs at (\S+);/;
      expect(address.exec(second)?.[1]).toBe(address.exec(first)?.[1]);
      expect(markedProcesses(join(home, 'temporal'))).toEqual([]);
    },
    2 * START_MS,
  );

  test(
    'a worker that is killed is started again; a second start is refused; Ctrl-C leaves the sandbox up',
    async () => {
      const start = new Start(['--name', 'start'], { SLUICE_HOME: home, MCP_PORT: '0' });
      await start.printed(/worker and server run/, START_MS).catch((error: unknown) => giveUp(start, error));
      const second = new Start(['--name', 'start'], { SLUICE_HOME: home, MCP_PORT: '0' });
      expect(await second.ended).toBe(1);
      expect(second.text).toMatch(/npm start already runs with this sandbox\. Use that one/);
      process.kill(Number(readFileSync(join(sandbox.stateDir, 'worker.pid'), 'utf8')), 'SIGKILL');
      await start.printed(/the worker was ended by SIGKILL; starting it again/, 60_000);
      await start.printed(/soaking/, 180_000);
      expect(await start.interrupt()).toBe(130);
      const left = markedProcesses(sandbox.stateDir).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
      expect(left.filter((line) => line.includes('sluice.mjs'))).toEqual([]);
      expect((await sandboxStatus({ name: 'start', home })).state).toBe('running');
    },
    START_MS,
  );
});

/** Whatever a release would change, by what changes with it. */
async function changeable(sandbox: Sandbox): Promise<unknown> {
  const api = clientOf(sandbox);
  const kinds = [
    'argoproj.io/v1alpha1/namespaces/shop/rollouts',
    'traefik.io/v1alpha1/namespaces/shop/traefikservices',
  ];
  const lists = await Promise.all(
    kinds.map((kind) =>
      api.get<{ items: { metadata: { name: string; generation: number; annotations?: unknown } }[] }>(`/apis/${kind}`),
    ),
  );
  return lists.flatMap(({ items }) =>
    items.map(({ metadata: { name, generation, annotations } }) => ({ name, generation, annotations })),
  );
}

async function giveUp(start: Start, error: unknown): Promise<never> {
  await start.interrupt();
  throw error;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
