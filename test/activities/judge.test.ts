import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createJudge } from '../../activities/analysis.ts';
import { createActivities } from '../../activities/index.ts';
import { INGRESS_ROUTE } from '../../src/adapters/kubernetes/kinds.ts';
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
    const { judge } = createActivities(stage.world.worlds);
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

/** What the judge says once it has seen enough requests, however open that is. */
function seen(world: FakeWorldOptions, limits: AnalysisSpec, check: (verdict: object) => void): Promise<void> {
  return onStage(new Stage(world, PLANNED), async (stage) => {
    await stage.atStep();
    const watch = { ...stage.watch(), limits, since: stage.world.now() };
    await setTimeout(600);
    check(await stage.run('judge', watch));
  });
}

const GRPC = { grpc: true };
/** A plan over gRPC counters refuses a success ratio that cannot be measured. */
const PLANNED = { analysis: { minSuccessRatio: 0 } };

test.each([
  ['sequential', SEQUENTIAL],
  ['limits', { ...NO_LIMITS, minSuccessRatio: 0.99 }],
  ['no limit at all', NO_LIMITS],
])('gRPC calls that have a message never pass by counters alone: %s', (_judge, limits) =>
  seen(versions(GRPC, GRPC), limits, (verdict) => {
    expect(verdict).toMatchObject({
      outcome: 'no-data',
      reason: expect.stringContaining('does not read the status of a gRPC answer'),
    });
  }),
);

test('gRPC failures before any message fail, by either judge', async () => {
  for (const limits of [SEQUENTIAL, { ...NO_LIMITS, minSuccessRatio: 0.99 }])
    await seen(versions({ ...GRPC, errorShare: 0.5 }, GRPC), limits, (verdict) => {
      expect(verdict).toMatchObject({ outcome: 'fail' });
    });
});

test('a metric of the application takes the place of what gRPC counters cannot say', () =>
  onStage(new Stage(versions(GRPC, GRPC), PLANNED), async (stage) => {
    await stage.atStep();
    stage.world.metrics.answers.set('failed', 0);
    const metric = { kind: 'limit', name: 'failed', query: 'failed', max: 0.01, intervalMs: 1000 } as const;
    const limits: AnalysisSpec = { ...SEQUENTIAL, soakMs: 1, metrics: [metric] };
    expect(await stage.run('awaitVerdict', { ...stage.watch(), limits, since: stage.world.now() })).toMatchObject({
      outcome: 'pass',
    });
  }));

test('answers that break off hold the step, and the reason names them', async () => {
  for (const limits of [SEQUENTIAL, { ...NO_LIMITS, minSuccessRatio: 0.99 }])
    await seen({ ...versions({ brokenShare: 0.3 }), steps: [{ setWeight: 50 }, { pause: {} }] }, limits, (verdict) => {
      expect(verdict).toMatchObject({ outcome: 'no-data', reason: expect.stringContaining('break off') });
    });
});

test('reloads of Traefik are named as the cause of a weight that no request reaches', () =>
  onStage(new Stage({ ...versions({ brokenShare: 1 }), steps: [{ setWeight: 25 }, { pause: {} }] }), async (stage) => {
    await stage.atStep();
    const query = stage.world.metrics.query.bind(stage.world.metrics);
    stage.world.metrics.query = async (promql, at) =>
      promql.includes('traefik_config_reloads_total') ? [{ labels: {}, value: 21 }] : query(promql, at);
    const watch = { ...stage.watch(), limits: SEQUENTIAL, since: stage.world.now() };
    await setTimeout(600);
    expect(await stage.run('judge', watch)).toMatchObject({
      outcome: 'no-data',
      reason: expect.stringContaining('loaded its configuration 21 times'),
    });
  }));

test('a second route with the same rule is named as the cause of a weight that no request reaches', () =>
  onStage(new Stage({ ...versions({ brokenShare: 1 }), steps: [{ setWeight: 25 }, { pause: {} }] }), async (stage) => {
    await stage.atStep();
    const { cluster, target } = stage.world;
    const rule = (namespace: string, name: string, to: object) =>
      cluster.create(
        { kind: INGRESS_ROUTE, namespace, name },
        { spec: { routes: [{ match: 'Host(`shop`)', services: [to] }] } },
      );
    rule(target.namespace, 'shop', { kind: 'TraefikService', name: stage.scene.plan.traefikService });
    rule('old', 'shop', { kind: 'Service', name: 'legacy' });
    const watch = { ...stage.watch(), limits: SEQUENTIAL, since: stage.world.now() };
    await setTimeout(600);
    expect(await stage.run('judge', watch)).toMatchObject({
      outcome: 'no-data',
      reason: expect.stringContaining('IngressRoute old/shop rule 1 matches the same requests'),
    });
  }));

test('a clock of Prometheus that is minutes off is named, and there is no data until it is right', () =>
  onStage(new Stage(), async (stage) => {
    await stage.atStep();
    let aheadMs = 300_000;
    stage.world.metrics.probe = async () => ({ version: '3.0.0', aheadMs });
    const judge = createJudge(stage.world.ports);
    const watch = { ...stage.watch(), limits: SEQUENTIAL, since: stage.world.now() };
    expect((await judge(watch)).verdict).toMatchObject({
      outcome: 'no-data',
      reason: expect.stringContaining("Prometheus' clock is 300 s ahead of this machine's"),
    });
    aheadMs = 0;
    await setTimeout(600);
    expect((await judge(watch)).verdict.reason).not.toContain('clock');
  }));

test('scrapes that stop in mid-step are no pass, and the reason says for how long there were none', () =>
  onStage(new Stage(versions({ errorShare: 0.02 }, { errorShare: 0.02 })), async (stage) => {
    await stage.atStep();
    const judge = createJudge(stage.world.ports);
    const watch = { ...stage.watch(), limits: NO_LIMITS, since: stage.world.now() };
    await setTimeout(300);
    expect((await judge({ ...watch, limits: { ...NO_LIMITS, minSuccessRatio: 0.5 } })).verdict.outcome).toBe('pass');
    stage.world.metricsEmpty(true);
    await setTimeout(1_000);
    expect((await judge({ ...watch, limits: { ...NO_LIMITS, minSuccessRatio: 0.5 } })).verdict).toMatchObject({
      outcome: 'no-data',
      reason: expect.stringContaining("no new sample of the proxy's counters for"),
    });
  }));

test('while the weight is changed, requests from before the change are no missing share of the new weight', async () => {
  await onStage(new Stage(versions({}, {})), async (stage) => {
    await stage.atStep();
    const watch = { ...stage.watch(), limits: SEQUENTIAL, since: stage.world.now(), wanted: 60 };
    await setTimeout(1_200);
    const { judge } = createActivities(stage.world.worlds);
    const share = { findings: expect.arrayContaining([expect.objectContaining({ metric: 'share' })]) };

    expect(await quietEnvironment().run(judge, watch)).toMatchObject(share);
    expect(await quietEnvironment().run(judge, { ...watch, inMotion: true as const })).not.toMatchObject(share);
  });
});
