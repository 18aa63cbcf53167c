import { afterEach, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/index.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { releaseSpec } from '../support/builders.ts';
import { onStage, quietEnvironment, Stage } from '../support/builders-scene.ts';
import { createFakeWorld, type FakeWorld } from '../support/fake-world.ts';

const worlds: FakeWorld[] = [];
afterEach(() => worlds.splice(0).forEach((world) => world.stop()));

test('each cluster is judged by its own counters, also where Services have the same names', async () => {
  const make = (cluster: string, errorShare: number) => {
    const target = { cluster, namespace: 'shop', rollout: 'shop' };
    const versions = { 'shop:v1': {}, 'shop:v2': { errorShare } };
    const stage = new Stage({ target, versions, image: 'shop:v1', steps: [{ setWeight: 50 }, { pause: {} }] });
    worlds.push(stage.world);
    return stage;
  };
  const [good, bad] = [make('good', 0), make('bad', 0.5)];
  await Promise.all([good.atStep(), bad.atStep()]);
  const byCluster = new Map([good, bad].map(({ world }) => [world.target.cluster, world.worlds]));
  const { awaitVerdict } = createActivities({
    of: async (cluster) => {
      const own = byCluster.get(cluster);
      if (!own) throw new SluiceError('CLUSTER_UNKNOWN', `No cluster ${cluster}.`);
      return own.of(cluster);
    },
  });

  const verdicts = [];
  for (const stage of [good, bad, good])
    verdicts.push(await quietEnvironment().run(awaitVerdict, { ...stage.watch(), limits: stage.spec.analysis }));

  expect(verdicts.map((verdict) => (verdict as { outcome: string }).outcome)).toEqual(['pass', 'fail', 'pass']);
});

test('a release of a strategy that this version does not know is refused for now, and nothing is written', () =>
  onStage(new Stage(), async (stage) => {
    await stage.planned();
    stage.scene = { ...stage.scene, strategy: 'tidal' };
    const written = stage.world.calls.length;

    await expect(stage.run('start', stage.scene)).rejects.toMatchObject({
      type: 'STRATEGY_UNKNOWN',
      nonRetryable: false,
      message: expect.stringContaining('canary'),
    });
    const spec = releaseSpec({ strategy: 'tidal' });
    await expect(stage.run('preflight', { spec, owner: stage.owner })).rejects.toMatchObject({
      type: 'STRATEGY_UNKNOWN',
    });
    expect(stage.world.calls.slice(written).filter((call) => call !== 'workload.read')).toEqual([]);
  }));

test('an activity writes nothing when its context leads to another cluster than the release was started for', () =>
  onStage(new Stage(), async (stage) => {
    await stage.planned();
    stage.scene = { ...stage.scene, owner: { ...stage.owner, cluster: stage.world.uid } };
    stage.world.uid = 'another-cluster';
    const before = stage.world.calls.length;
    const owner = { ...stage.owner, cluster: 'uid-of-kube-system', epoch: 99 };
    for (const name of [
      'start',
      'promote',
      'settle',
      'withdraw',
      'awaitSettled',
      'restoreTemplate',
      'unclaim',
    ] as const)
      await expect(stage.run(name, { ...stage.scene, owner })).rejects.toMatchObject({
        type: 'CLUSTER_MISMATCH',
        nonRetryable: true,
      });
    await expect(
      stage.run('preflight', { spec: { ...stage.spec, clusterUid: 'uid-of-kube-system' }, owner }),
    ).rejects.toMatchObject({ type: 'CLUSTER_MISMATCH' });
    expect(stage.world.calls.length).toBe(before);
  }));

test('the world of an unknown cluster is an error of the activity', async () => {
  const world = createFakeWorld();
  worlds.push(world);
  const { preflight } = createActivities({
    of: async (cluster) => {
      throw new SluiceError('CLUSTER_UNKNOWN', `No cluster ${cluster}.`);
    },
  });
  const owner = { releaseId: 'release/dev/shop/shop', runId: 'r' };
  await expect(quietEnvironment().run(preflight, { spec: releaseSpec(), owner })).rejects.toMatchObject({
    type: 'CLUSTER_UNKNOWN',
  });
});
