import { expect, test } from '@jest/globals';
import { setTraffic } from '../../../src/domain/servers/actions.ts';
import { startHttpServer } from '../../support/http-server.ts';
import { mcpWorld } from '../../support/mcp-world.ts';

const target = { cluster: 'mcp', namespace: 'servers', rollout: 'demo' };
const ref = { cluster: 'mcp', namespace: 'servers', name: 'demo' };
const arms = { stable: '1.0.0', candidate: '2.0.0' };
const MINE = { releaseId: 'release/mcp/servers/demo', runId: '1' };
const LATER = { ...MINE, runId: '2' };
const start = { container: 'version', from: '1.0.0', to: '2.0.0' };

async function claimed(gateways: readonly string[] = []) {
  const world = await mcpWorld(gateways);
  await world.ports.workload.claim(target, MINE);
  await world.ports.workload.setImage(target, start, MINE);
  const shown = async () =>
    (await world.systems.servers.read('demo'))?.versions.map((one) => `${one.version} ${one.status} ${one.traffic}`);
  return { ...world, ...world.ports, shown };
}

test('a server is read as a target: blue is stable, and the released version is present', async () => {
  const { workload, split } = await claimed();
  await split.setWeight(ref, arms, 20, MINE);
  expect(await workload.read(target)).toMatchObject({
    images: { version: '2.0.0' },
    podHash: '2.0.0',
    stableHash: '1.0.0',
    owner: MINE,
  });
  expect((await workload.revisions(target)).map(({ podHash }) => podHash)).toEqual(['2.0.0', '1.0.0']);
  expect((await split.read(ref)).weights).toMatchObject([
    { service: '1.0.0', weight: 80, metricsService: 'demo@1.0.0' },
    { service: '2.0.0', weight: 20, metricsService: 'demo@2.0.0' },
  ]);
  expect((await split.read(ref)).writer).toMatchObject({ manager: MINE.releaseId });
});

test('a shift, a promotion and a way back change the registry, each once', async () => {
  const { workload, split, shown } = await claimed();
  expect(await split.setWeight(ref, arms, 20, MINE)).toMatchObject({ changed: true });
  expect(await split.setWeight(ref, arms, 20, MINE)).toMatchObject({ changed: false });
  expect(await workload.abort(target, { podHash: '2.0.0' }, MINE)).toMatchObject({ changed: true });
  expect(await shown()).toEqual(['1.0.0 blue 100', '2.0.0 inactive 0']);
  await split.setWeight(ref, arms, 100, MINE);
  await workload.advance(target, { podHash: '2.0.0' }, MINE);
  expect(await shown()).toEqual(['1.0.0 inactive 0', '2.0.0 blue 100']);
  expect(await workload.abort(target, { podHash: '2.0.0' }, MINE)).toMatchObject({ refused: true });
  expect(await split.setWeight(ref, arms, 5, MINE)).toMatchObject({ refused: true });
  await workload.advance(target, { podHash: '1.0.0' }, MINE);
  expect(await shown()).toEqual(['1.0.0 blue 100', '2.0.0 inactive 0']);
});

test('another run writes nothing before it has taken the mark over', async () => {
  const { workload, split, systems } = await claimed();
  for (const write of [
    () => workload.setImage(target, start, LATER),
    () => workload.advance(target, { podHash: '2.0.0' }, LATER),
    () => workload.abort(target, { podHash: '2.0.0' }, LATER),
    () => workload.fence(target, LATER),
    () => split.setWeight(ref, arms, 20, LATER),
    () => split.claim(ref, LATER),
  ])
    expect(await write()).toMatchObject({ refused: true, holder: MINE });
  expect((await systems.servers.read('demo'))?.release).toEqual({ owner: MINE, version: '2.0.0' });
  for (const port of [() => workload.unclaim(target, LATER), () => split.unclaim(ref, LATER)])
    expect(await port()).toMatchObject({ changed: false, holder: MINE });
  expect(await workload.claim(target, LATER, MINE)).not.toHaveProperty('refused');
  expect(await workload.unclaim(target, LATER)).toMatchObject({ changed: true });
  expect(await split.unclaim(ref, LATER)).toMatchObject({ changed: false });
  expect((await systems.servers.read('demo'))?.release).toBeUndefined();
  expect(await split.setWeight(ref, arms, 20, LATER)).toMatchObject({ refused: true });
});

test('a missing server and an unknown version are errors', async () => {
  const { workload, split } = await claimed();
  const nobody = { ...target, rollout: 'nobody' };
  await expect(workload.read(nobody)).rejects.toMatchObject({ code: 'SERVER_NOT_FOUND' });
  await expect(workload.claim(nobody, MINE)).rejects.toMatchObject({ code: 'SERVER_NOT_FOUND' });
  expect(await workload.unclaim(nobody, MINE)).toMatchObject({ changed: false });
  await expect(workload.advance(target, { podHash: '9' }, MINE)).rejects.toMatchObject({
    code: 'SERVER_VERSION_NOT_FOUND',
  });
  await expect(split.setWeight(ref, arms, 101, MINE)).rejects.toMatchObject({ code: 'SERVER_TRAFFIC_INVALID' });
});

test('a gateway shows a weight only with the revision of the registry', async () => {
  let revision = 3;
  const versions = [{ version: '2.0.0', traffic: 20 }];
  const gateway = await startHttpServer(() => ({ body: { revision, versions } }));
  try {
    const { split, systems } = await claimed([gateway.url, 'http://127.0.0.1:9']);
    await systems.servers.change('demo', undefined, (server) =>
      setTraffic(server, '2.0.0', 20, { at: 1, who: 'a test', releaseId: MINE.releaseId }),
    );
    expect(await split.inForce(ref, arms)).toEqual([
      { replica: gateway.url, candidate: 20 },
      {
        replica: 'http://127.0.0.1:9',
        error: expect.stringContaining('The gateway http://127.0.0.1:9 does not answer'),
      },
    ]);
    revision = 2;
    expect((await split.inForce(ref, arms))[0]).toEqual({
      replica: gateway.url,
      error: 'it has revision 2, the registry has 3',
    });
  } finally {
    await gateway.close();
  }
});
