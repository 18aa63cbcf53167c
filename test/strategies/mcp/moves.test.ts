import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Move } from '../../../src/delivery/move.ts';
import type { RegisteredServer } from '../../../src/domain/servers/server.ts';
import type { ServerSystems } from '../../../src/ports/server-systems.ts';
import { planRelease, verbsOf } from '../../../src/strategies/index.ts';
import { releaseSpec } from '../../support/builders.ts';
import { startHttpServer, type HttpServer } from '../../support/http-server.ts';
import { demoServer, mcpWorld } from '../../support/mcp-world.ts';

const { advance, finish, observe, undo } = await verbsOf('mcp');
const target = { cluster: 'mcp', namespace: 'servers', rollout: 'demo' };
const owner = { releaseId: 'release/mcp/servers/demo', runId: '1', epoch: 1 };

let gateway: HttpServer;
let systems: ServerSystems;
let move: Move;
/** What the gateway has in force: the registry, as one that follows it at once. */
let served: RegisteredServer;

beforeEach(async () => {
  served = demoServer();
  const body = () => ({ revision: served.revision, versions: served.versions });
  gateway = await startHttpServer(({ path }) => ({ body: path === '/metrics' ? '' : body() }));
  const world = await mcpWorld([gateway.url]);
  systems = world.systems;
  const spec = releaseSpec({ strategy: 'mcp', target, image: '2.0.0', steps: [20, 100] });
  const { plan } = await planRelease(world.ports, spec);
  if (!plan) throw new Error('no plan');
  await world.ports.workload.claim(target, owner);
  move = { world: world.ports, scene: { target, strategy: 'mcp', plan, owner, newHash: '2.0.0' }, wait: until };
});
afterEach(() => gateway.close());

/** As an activity waits. What does not come within so many looks never comes here. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let looks = 0; looks < 20; looks += 1) {
    served = (await systems.servers.read('demo')) ?? served;
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error('never');
}

const next = (epoch: number): Move => ({ ...move, scene: { ...move.scene, owner: { ...owner, epoch } } });
const shown = async () =>
  (await systems.servers.read('demo'))?.versions.map((one) => `${one.version} ${one.status} ${one.traffic}`);

async function toBlue(): Promise<void> {
  await advance.start(move);
  await advance.shift(move, 1);
  await finish.promote(move);
}

test('a release goes forward, each part proved at the gateway', async () => {
  expect(await advance.start(move)).toEqual({ kind: 'ready', newHash: '2.0.0' });
  expect(await advance.start(move)).toEqual({ kind: 'ready', newHash: '2.0.0' });
  expect(await advance.shift(move, 0)).toMatchObject({ kind: 'ready' });
  expect(await observe.weight(move, 20)).toMatchObject({ effective: 'pending', wanted: 20 });
  expect(await observe.verify(move, 20)).toMatchObject({
    kind: 'in-force',
    proof: { effective: 'proved', reason: '20 % of the callers in force at 1 gateway' },
  });
  expect(await observe.externalChange(move, 0)).toBeUndefined();
  expect(await advance.shift(move, 1)).toMatchObject({ kind: 'ready' });
  expect(await finish.promote(move)).toMatchObject({ kind: 'ready' });
  expect(await finish.settle(move)).toMatchObject({ kind: 'settled', proof: { effective: 'proved', wanted: 100 } });
  expect(await shown()).toEqual(['1.0.0 inactive 0', '2.0.0 blue 100']);
});

test('a rollback gives the callers back, and may be repeated', async () => {
  await advance.start(move);
  await advance.shift(move, 0);
  for (const epoch of [2, 3]) expect(await undo.withdraw(next(epoch))).toMatchObject({ kind: 'withdrawn' });
  expect(await undo.settle(next(4))).toMatchObject({ kind: 'settled', proof: { wanted: 0 } });
  expect(await undo.restore(next(5))).toMatchObject({ kind: 'restored' });
  expect(await shown()).toEqual(['1.0.0 blue 100', '2.0.0 inactive 0']);
  expect((await systems.servers.read('demo'))?.release).not.toHaveProperty('version');
});

test('an act that stalled before the rollback writes nothing any more', async () => {
  await advance.start(move);
  await advance.shift(move, 0);
  await undo.withdraw(next(2));
  expect(await advance.shift(move, 1)).toMatchObject({ kind: 'superseded' });
  expect(await shown()).toEqual(['1.0.0 blue 100', '2.0.0 inactive 0']);
});

test('a version that is blue already is brought back only on request', async () => {
  await toBlue();
  expect(await undo.withdraw(next(2))).toMatchObject({ kind: 'too-late', newHash: '2.0.0' });
  expect(await undo.bringBack(next(3))).toMatchObject({ kind: 'settled' });
  expect(await shown()).toEqual(['1.0.0 blue 100', '2.0.0 inactive 0']);
});

test('another owner, another blue version and a removed mark end the release', async () => {
  const set = (change: (server: RegisteredServer) => RegisteredServer) =>
    systems.servers.change('demo', undefined, change);
  await advance.start(move);
  await set((server) => ({ ...server, release: { owner: { releaseId: 'release/mcp/servers/x', runId: '9' } } }));
  expect(await observe.externalChange(move, 0)).toMatchObject({ kind: 'superseded' });
  expect(await undo.withdraw(next(2))).toMatchObject({ kind: 'superseded' });
  await set(({ release: _, ...server }) => server);
  await expect(undo.withdraw(next(3))).rejects.toMatchObject({
    code: 'MARK_LOST',
    next: expect.stringContaining('sluice server rollback demo 2.0.0'),
  });
  await set((server) => ({ ...server, versions: server.versions.map((one) => ({ ...one, status: 'green' })) }));
  expect(await advance.shift(move, 0)).toMatchObject({
    kind: 'superseded',
    detail: 'no version became blue; 1.0.0 was',
  });
});

test('without a gateway to ask nothing is proved', async () => {
  await advance.start(move);
  await advance.shift(move, 0);
  const { ports } = await mcpWorld([], { server: (await systems.servers.read('demo')) as RegisteredServer });

  expect(await observe.weight({ ...move, world: ports }, 20)).toMatchObject({
    effective: 'pending',
    reason: 'this worker names no gateway in SLUICE_MCP_GATEWAYS',
  });
});
