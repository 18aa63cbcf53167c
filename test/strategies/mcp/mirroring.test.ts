import { expect, test } from '@jest/globals';
import type { Move } from '../../../src/delivery/move.ts';
import type { Mirrored } from '../../../src/ports/split.ts';
import { mirrored } from '../../../src/strategies/mcp/mirroring.ts';
import { planRelease, verbsOf } from '../../../src/strategies/index.ts';
import { releaseSpec } from '../../support/builders.ts';
import { startHttpServer } from '../../support/http-server.ts';
import { demoServer, mcpWorld } from '../../support/mcp-world.ts';

const target = { cluster: 'mcp', namespace: 'servers', rollout: 'demo' };
const owner = { releaseId: 'release/mcp/servers/demo', runId: '1', epoch: 1 };
const MIRROR = { calls: 3, withinMs: 10_000, changing: ['content[].text.at'] };

/** A move over gateways that show one report after the other, a second apart. */
async function moveOver(reports: readonly (readonly Mirrored[])[], mirror = MIRROR) {
  const served = demoServer();
  const body = { revision: served.revision, versions: served.versions };
  const gateway = await startHttpServer(({ path }) => ({ body: path === '/metrics' ? '' : body }));
  const { ports } = await mcpWorld([gateway.url]);
  const spec = releaseSpec({ strategy: 'mcp', target, image: '2.0.0', steps: [20, 100], mirror });
  const { plan, checks } = await planRelease(ports, spec);
  await gateway.close();
  if (!plan) throw new Error(JSON.stringify(checks));
  await ports.workload.claim(target, owner);
  const asked: unknown[] = [];
  let looks = 0;
  const split = {
    ...ports.split,
    mirror: async (...all: unknown[]) => (asked.push(all), reports[Math.min(looks, reports.length - 1)] ?? []),
  };
  const wait = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      looks += 1;
    }
  };
  const world = { ...ports, split, now: () => looks * 1_000 };
  const move: Move = { world, scene: { target, strategy: 'mcp', plan, owner, newHash: '2.0.0' }, wait };
  return { move, asked };
}

const same = (replica: string, compared: number): Mirrored => ({ replica, compared, differences: [] });

test('a version starts when the gateways have compared enough calls together, and the release says how many', async () => {
  const { move, asked } = await moveOver([
    [same('a', 0), same('b', 0)],
    [same('a', 1), same('b', 2)],
  ]);
  expect(await (await verbsOf('mcp')).advance.start(move)).toEqual({
    ...{ kind: 'ready', newHash: '2.0.0' },
    detail: '3 mirrored calls of users compared: the answers are those of blue',
  });
  expect(asked.at(-1)).toEqual([
    { cluster: 'mcp', namespace: 'servers', name: 'demo' },
    { stable: '1.0.0', candidate: '2.0.0' },
    MIRROR.changing,
  ]);
});

test('the first difference fails the start, before any user has the version', async () => {
  const differences = [{ tool: 'read', path: 'content[].text.price', what: 'is string, was number', calls: 1 }];
  const { move } = await moveOver([[same('a', 0)], [{ replica: 'a', compared: 1, differences }]]);
  expect(await (await verbsOf('mcp')).advance.start(move)).toEqual({
    kind: 'failed',
    detail: '1 mirrored call of users compared: read: content[].text.price is string, was number (1 call)',
  });
});

test('too few calls in time are no proof, and a silent gateway is named', async () => {
  const { move } = await moveOver([[same('a', 2), { replica: 'b', error: 'it does not answer' }]]);
  expect(await mirrored(move, MIRROR)).toEqual({
    kind: 'failed',
    detail: '2 mirrored calls of users compared in time, wanted 3; b: it does not answer',
  });
});

test('a release that lost the server stops to mirror', async () => {
  const { move } = await moveOver([[same('a', 0)]]);
  await move.world.workload.claim(target, { ...owner, releaseId: 'release/mcp/servers/other' }, owner);
  expect(await mirrored(move, MIRROR)).toMatchObject({ kind: 'superseded' });
});

test('the time for the calls has to be shorter than that of a step', async () => {
  await expect(moveOver([], { ...MIRROR, withinMs: 24 * 3_600_000 })).rejects.toThrow(/mirror.within shorter/);
});
