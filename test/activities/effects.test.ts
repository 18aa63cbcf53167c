import { expect, test } from '@jest/globals';
import { createJudge } from '../../activities/analysis.ts';
import { SluiceError, type ErrorCode } from '../../src/domain/errors.ts';
import { onStage, Stage } from '../support/builders-scene.ts';

const OTHER = { releaseId: 'release/dev/shop/other', runId: 'x' };

test('the matchers of the cluster are in the plan and in what is recorded of a judgement', async () => {
  await onStage(new Stage(), async (stage) => {
    stage.world.metrics.matchers = { cluster: 'prod' };
    await stage.atStep();
    expect(stage.scene.plan.matchers).toEqual({ cluster: 'prod' });
    const { queries } = await createJudge(stage.world.ports)(stage.watch());
    expect(queries.map(({ promql }) => promql)).toEqual(queries.map(() => expect.stringContaining('{cluster="prod",')));
    expect(queries.length).toBeGreaterThan(0);
  });
});

test('preflight marks both objects for this release', async () => {
  await onStage(new Stage(), async (stage) => {
    await stage.planned();
    const { rolloutOwner, trafficOwner } = stage.world.snapshot();
    expect([rolloutOwner, trafficOwner]).toEqual([expect.stringContaining('run-1'), expect.stringContaining('run-1')]);
  });
});

test.each(['rollout', 'traffic'] as const)(
  'preflight that finds the %s held leaves no mark of its own',
  async (held) => {
    await onStage(new Stage(), async (stage) => {
      stage.world.foreignOwner(held, OTHER);
      const before = stage.world.snapshot();
      const { checks, plan } = await stage.run('preflight', { spec: stage.spec, owner: stage.owner });
      expect(plan).toBeUndefined();
      expect(checks.find(({ name }) => name === 'owner')).toMatchObject({
        ok: false,
        detail: expect.stringContaining('release/dev/shop/other'),
      });
      expect(stage.world.snapshot()).toEqual(before);
    });
  },
);

test('a mark of a stranger that appears between look and claim is respected', async () => {
  await onStage(new Stage(), async (stage) => {
    const { split: traffic } = stage.world.ports;
    const claim = traffic.claim.bind(traffic);
    traffic.claim = async (ref, owner) => {
      stage.world.foreignOwner('traffic', OTHER);
      return claim(ref, owner);
    };
    const { checks, plan } = await stage.run('preflight', { spec: stage.spec, owner: stage.owner });
    expect(plan).toBeUndefined();
    expect(checks.filter(({ name }) => name === 'owner')).toMatchObject([
      { ok: false, next: expect.stringContaining('release_recover') },
    ]);
    expect(stage.world.snapshot().rolloutOwner).toBeUndefined();
  });
});

test('half a claim is let go of', async () => {
  await onStage(new Stage(), async (stage) => {
    stage.world.ports.split.claim = async () => Promise.reject(new SluiceError('CLUSTER_UNREACHABLE', 'away'));
    await expect(stage.run('preflight', { spec: stage.spec, owner: stage.owner })).rejects.toMatchObject({
      type: 'CLUSTER_UNREACHABLE',
    });
    expect(stage.world.snapshot()).toMatchObject({ rolloutOwner: undefined, trafficOwner: undefined });
  });
});

test('a foreign mark is not removed', async () => {
  await onStage(new Stage(), async (stage) => {
    await stage.planned();
    stage.world.foreignOwner('rollout', OTHER);
    await stage.run('unclaim', stage.scene);
    expect(stage.world.snapshot()).toMatchObject({
      rolloutOwner: expect.stringContaining('other'),
      trafficOwner: undefined,
    });
  });
});

test('Prometheus away is no data, and the data decides when it is back', async () => {
  await onStage(new Stage({ versions: { 'shop:v2': { errorShare: 0.5 } } }), async (stage) => {
    await stage.atStep();
    const judgement = stage.watch();
    stage.world.metricsAway(true);
    expect(await stage.run('judge', judgement)).toMatchObject({
      outcome: 'no-data',
      reason: expect.stringContaining('Prometheus'),
    });
    const verdict = stage.run('awaitVerdict', judgement);
    stage.world.metricsAway(false);
    expect(await verdict).toMatchObject({ outcome: 'fail' });
  });
});

test('no series at all is no data', async () => {
  await onStage(new Stage(), async (stage) => {
    await stage.atStep();
    stage.world.metricsEmpty(true);
    expect(await stage.run('judge', stage.watch())).toMatchObject({
      outcome: 'no-data',
      reason: expect.stringContaining('0 requests'),
    });
  });
});

test.each<[ErrorCode, boolean]>([
  ['CLUSTER_UNREACHABLE', false],
  ['FORBIDDEN', false],
  ['ROLLOUT_NOT_FOUND', true],
])('a cluster that answers %s: not retried: %s', async (code, nonRetryable) => {
  await onStage(new Stage(), async (stage) => {
    await stage.planned();
    stage.world.failCluster(1_000, code);
    for (const name of ['start', 'withdraw', 'awaitSettled', 'restoreTemplate'] as const)
      await expect(stage.run(name, stage.scene)).rejects.toMatchObject({ type: code, nonRetryable });
  });
});

test('a foreign image ends start, shift, verify, settle and the rollback, and is left alone', async () => {
  await onStage(new Stage(), async (stage) => {
    await stage.atStep();
    stage.world.foreignImage('shop:v3');
    const { scene } = stage;
    const answers = [
      await stage.run('start', scene),
      await stage.run('shift', { scene, index: 1 }),
      await stage.run('verify', { scene, wanted: 99 }),
      await stage.run('promote', scene),
      await stage.run('settle', scene),
      await stage.run('withdraw', scene),
      await stage.run('awaitSettled', scene),
      await stage.run('restoreTemplate', scene),
    ];
    expect(answers.map(({ kind }) => kind)).toEqual(answers.map(() => 'superseded'));
    expect(stage.world.snapshot().image).toBe('shop:v3');
  });
});

test('a promote that somebody holds back by hand is tried again', async () => {
  await onStage(new Stage({ steps: [{ setWeight: 25 }, { pause: {} }] }), async (stage) => {
    await stage.atStep();
    stage.world.pauseByHand(true);
    await expect(stage.run('promote', stage.scene)).rejects.toMatchObject({ type: 'CONFLICT', nonRetryable: false });
  });
});

test('the selector flaps after an abort; settled is only what stood still', async () => {
  await onStage(new Stage({ flaps: 4, timing: { flapMs: 30 }, abortScaleDownDelaySeconds: 10 }), async (stage) => {
    await stage.atStep();
    await stage.run('withdraw', stage.scene);
    const { proof } = (await stage.run('awaitSettled', stage.scene)) as { proof: { at: number } };
    expect(stage.world.snapshot().candidateSelector).toBe(stage.scene.plan.stableHash);
    expect(proof.at).toBeGreaterThan(0);
  });
});
