import { expect, test } from '@jest/globals';
import { createJudge } from '../../activities/analysis.ts';
import { createActivities } from '../../activities/index.ts';
import type { AnalysisSpec } from '../../src/domain/release/plan.ts';
import { releaseSpec } from '../support/builders.ts';
import { onStage, quietEnvironment, Stage } from '../support/builders-scene.ts';
import type { FakeWorldOptions } from '../support/fake-world.ts';

const { minSuccessRatio: _ratio, maxP95Ms: _p95, ...NO_LIMITS } = releaseSpec().analysis;
const SEQUENTIAL: AnalysisSpec = { ...NO_LIMITS, sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05 } };

const versions = (v2: object, v1: object = {}): FakeWorldOptions => ({ versions: { 'shop:v1': v1, 'shop:v2': v2 } });

/** The first verdict that is pass or fail; the moment of the first weight is the one of this step. */
function decided(world: FakeWorldOptions, limits: AnalysisSpec, check: (verdict: object) => void): Promise<void> {
  return onStage(new Stage(world), async (stage) => {
    await stage.atStep();
    const watch = stage.watch();
    check(await stage.run('awaitVerdict', { ...watch, limits, since: watch.from }));
  });
}

test('a version like stable is proved not worse', () =>
  decided(versions({ errorShare: 0.02 }, { errorShare: 0.02 }), SEQUENTIAL, (verdict) => {
    expect(verdict).toMatchObject({
      outcome: 'pass',
      reason: expect.stringContaining('proved not worse'),
      findings: [{ metric: 'errors', outcome: 'pass' }, { outcome: 'pass' }],
    });
  }));

test('a version with more errors than stable fails without any limit', () =>
  decided(versions({ errorShare: 0.08 }, { errorShare: 0.02 }), SEQUENTIAL, (verdict) => {
    expect(verdict).toMatchObject({
      outcome: 'fail',
      reason: expect.stringContaining('worse by more than 1.0 points'),
    });
  }));

test('a version that is only slower fails', () =>
  decided(versions({ latencyMs: 700 }, { latencyMs: 20 }), SEQUENTIAL, (verdict) => {
    expect(verdict).toMatchObject({ outcome: 'fail', reason: expect.stringMatching(/^slow-\d+ms: new 100/) });
  }));

test('a fixed limit that is named still fails what is no worse than stable', () =>
  decided(versions({ errorShare: 0.08 }, { errorShare: 0.08 }), { ...SEQUENTIAL, minSuccessRatio: 0.95 }, (verdict) => {
    expect(verdict).toMatchObject({
      outcome: 'fail',
      findings: expect.arrayContaining([expect.objectContaining({ metric: 'success-ratio', outcome: 'fail' })]),
    });
  }));

test('a judge that was restarted says what the old one would have said', async () => {
  await onStage(new Stage(versions({ errorShare: 0.08 }, { errorShare: 0.02 })), async (stage) => {
    await stage.atStep();
    const input = { ...stage.watch(), limits: SEQUENTIAL, since: stage.world.now() };
    await stage.run('awaitVerdict', input);
    const { judge } = createActivities(stage.world.ports);
    expect(await quietEnvironment().run(judge, input)).toMatchObject({ outcome: 'fail' });
  });
});

test('Prometheus away or empty is no data for it too, never a pass', async () => {
  await onStage(new Stage(), async (stage) => {
    await stage.atStep();
    const input = { ...stage.watch(), limits: SEQUENTIAL, since: stage.world.now() };
    stage.world.metricsAway(true);
    expect(await stage.run('judge', input)).toMatchObject({
      outcome: 'no-data',
      reason: expect.stringContaining('Prometheus'),
    });
    stage.world.metricsAway(false);
    stage.world.metricsEmpty(true);
    expect(await stage.run('judge', input)).toMatchObject({ outcome: 'no-data' });
  });
});

test('a guarded step that turns worse than stable raises the alarm', async () => {
  await onStage(new Stage(versions({ errorShare: 0 }, { errorShare: 0 })), async (stage) => {
    await stage.atStep();
    const watch = { ...stage.watch(), limits: SEQUENTIAL, since: stage.world.now() };
    stage.world.behave('shop:v2', { errorShare: 0.2 });
    expect(await stage.run('guard', watch)).toMatchObject({ kind: 'failed', verdict: { outcome: 'fail' } });
  });
});

test('what Traefik was asked comes with the verdict, answered or not', async () => {
  await onStage(new Stage(), async (stage) => {
    await stage.atStep();
    await stage.run('awaitVerdict', stage.watch());
    const judge = createJudge(stage.world.ports);
    const { queries } = await judge(stage.watch());
    expect(queries.map(({ name, arm }) => `${arm} ${name}`)).toEqual([
      'candidate requests',
      'candidate durations',
      'stable requests',
      'stable durations',
    ]);
    expect(queries[0]).toMatchObject({
      promql: expect.stringMatching(/^traefik_service_requests_total\{service="[^"]+"\}$/),
      values: expect.arrayContaining([{ labels: expect.objectContaining({ code: '200' }), value: expect.any(Number) }]),
    });
    expect(queries[0]?.at).toBeLessThanOrEqual(stage.world.now());

    stage.world.metricsAway(true);
    expect((await judge(stage.watch())).queries).toMatchObject([
      { values: [], error: expect.stringContaining('Prometheus') },
      {},
      {},
      {},
    ]);
  });
});
