import { describe, expect, test } from '@jest/globals';
import { createJudge, type Judgement } from '../../activities/analysis.ts';
import { ANALYSIS_TEMPLATE } from '../../src/adapters/kubernetes/kinds.ts';
import type { MetricSpec } from '../../src/domain/analysis/metric-spec.ts';
import type { ResolvedMetric } from '../../src/domain/analysis/template/resolved.ts';
import type { Verdict } from '../../src/domain/analysis/verdict.ts';
import { onStage, Stage } from '../support/builders-scene.ts';

const LIMIT: MetricSpec = {
  kind: 'limit',
  name: 'cpu',
  query: 'cpu{pod="{{args.candidate_hash}}"}',
  intervalMs: 15_000,
  max: 2,
};
const PAIR: MetricSpec = {
  kind: 'pair',
  name: 'queue',
  candidateQuery: 'queue{service="{{args.candidate_service}}"}',
  stableQuery: 'queue{service="{{args.stable_service}}"}',
  intervalMs: 15_000,
  maxRatio: 1.5,
};
const GAUGE: MetricSpec = {
  kind: 'gauge',
  name: 'load',
  candidateQuery: 'load{new}',
  stableQuery: 'load{old}',
  intervalMs: 15_000,
  worse: 'higher',
  confidence: 0.98,
  tolerance: 0.25,
  minSamples: 10,
};
const TEMPLATE: MetricSpec = { kind: 'template', name: 'argo', template: 'share', clusterScope: false, args: {} };
const MEASURED: ResolvedMetric = {
  name: 'share',
  query: 'share{hash="{{args.candidate_hash}}"}',
  scalar: false,
  intervalMs: 10_000,
  initialDelayMs: 5_000,
  count: 3,
  successCondition: 'result[0] > 0.9',
  failureLimit: 0,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 4,
  consecutiveSuccessLimit: 0,
  dryRun: false,
};

const MINUTE = 60_000;

/** A step of a canary whose Prometheus says what the test wants; time stands where the test puts it. */
class Scene {
  readonly stage: Stage;
  /** When the step's weight was in force. */
  readonly from: number;
  #now: number;
  #judge: ReturnType<typeof createJudge>;

  constructor(stage: Stage) {
    this.stage = stage;
    this.from = stage.world.now();
    this.#now = this.from;
    this.#judge = this.#newJudge();
  }

  #newJudge(): ReturnType<typeof createJudge> {
    return createJudge({ ...this.stage.world.ports, now: () => this.#now });
  }

  restart(): void {
    this.#judge = this.#newJudge();
  }

  get metrics() {
    return this.stage.world.metrics;
  }

  says(promql: string, answer: number | ((at: number) => number | undefined)): void {
    const at = typeof answer === 'number' ? () => answer : answer;
    this.metrics.answers.set(promql, (time) => {
      const value = at(time);
      return value === undefined ? [] : [{ labels: {}, value }];
    });
  }

  async at(
    ms: number,
    metrics: readonly MetricSpec[],
    templates: readonly ResolvedMetric[] = [],
    more: Partial<Judgement> = {},
  ): Promise<Verdict> {
    this.#now = this.from + ms;
    return (await this.#judge(this.input(metrics, templates, more))).verdict;
  }

  async queriesAt(ms: number, metrics: readonly MetricSpec[]) {
    this.#now = this.from + ms;
    return (await this.#judge(this.input(metrics))).queries.filter(({ name }) =>
      metrics.some((metric) => metric.name === name),
    );
  }

  input(
    metrics: readonly MetricSpec[],
    templates: readonly ResolvedMetric[] = [],
    more: Partial<Judgement> = {},
  ): Judgement {
    const { scene } = this.stage;
    // No limit on Traefik's counters: the metrics alone decide.
    const { minSuccessRatio: _ratio, maxP95Ms: _p95, ...limits } = this.stage.spec.analysis;
    const plan = { ...scene.plan, templates: [{ name: 'argo', template: 'share', metrics: templates }] };
    return { scene: { ...scene, plan }, limits: { ...limits, soakMs: MINUTE, metrics }, from: this.from, ...more };
  }
}

const onScene = (body: (scene: Scene) => Promise<void>): Promise<void> =>
  onStage(new Stage(), async (stage) => {
    await stage.atStep();
    await body(new Scene(stage));
  });

describe('values of one moment', () => {
  test('are taken when the soak is over, and from then on at fixed times', () =>
    onScene(async (scene) => {
      scene.says(`cpu{pod="${scene.stage.scene.newHash}"}`, (at) => (at < scene.from + MINUTE + 15_000 ? 1 : 3));

      expect(await scene.at(MINUTE - 1, [LIMIT])).toMatchObject({
        outcome: 'inconclusive',
        reason: 'cpu: measured when the soak is over',
      });
      expect(await scene.at(MINUTE, [LIMIT])).toMatchObject({
        outcome: 'pass',
        reason: 'cpu is 1, at most 2 is allowed',
      });
      expect(await scene.at(MINUTE + 14_999, [LIMIT])).toMatchObject({ outcome: 'pass' });
      expect(await scene.at(MINUTE + 15_000, [LIMIT])).toMatchObject({
        outcome: 'fail',
        findings: [{ metric: 'cpu', measured: 3, limit: 2 }],
      });
      expect(scene.metrics.asked.map(({ fromMs }) => fromMs - scene.from)).toEqual([MINUTE, MINUTE + 15_000]);
    }));

  test('arms have their own queries, and their answers are on record', () =>
    onScene(async (scene) => {
      const { candidate, stable } = scene.stage.scene.plan;
      scene.says(`queue{service="${candidate.service}"}`, 16);
      scene.says(`queue{service="${stable.service}"}`, 10);

      expect(await scene.at(MINUTE, [PAIR])).toMatchObject({
        outcome: 'fail',
        reason: 'queue: new 16, stable 10; at most 1.5 times as much is allowed',
      });
      expect(await scene.queriesAt(MINUTE, [PAIR])).toEqual([
        {
          name: 'queue',
          arm: 'candidate',
          promql: `queue{service="${candidate.service}"}`,
          at: scene.from + MINUTE,
          values: [{ labels: {}, value: 16 }],
        },
        {
          name: 'queue',
          arm: 'stable',
          promql: `queue{service="${stable.service}"}`,
          at: scene.from + MINUTE,
          values: [{ labels: {}, value: 10 }],
        },
      ]);
    }));

  test('a limit may depend on the weight', () =>
    onScene(async (scene) => {
      scene.says('share / 5', 1);
      expect(await scene.at(MINUTE, [{ ...LIMIT, query: 'share / {{args.weight}}' }], [], { wanted: 5 })).toMatchObject(
        { outcome: 'pass', reason: 'cpu is 1, at most 2 is allowed' },
      );
    }));

  test('nothing is no data until there is something, without waiting for the next time', () =>
    onScene(async (scene) => {
      expect(await scene.at(MINUTE, [LIMIT])).toMatchObject({
        outcome: 'no-data',
        reason: 'cpu: Prometheus has no data for it',
      });
      scene.says(`cpu{pod="${scene.stage.scene.newHash}"}`, 1);
      expect(await scene.at(MINUTE + 1, [LIMIT])).toMatchObject({ outcome: 'pass' });
    }));

  test('one metric that has no data keeps the others from passing, not from failing', () =>
    onScene(async (scene) => {
      const { candidate, stable } = scene.stage.scene.plan;
      scene.says(`queue{service="${candidate.service}"}`, 10);
      scene.says(`queue{service="${stable.service}"}`, 10);
      expect(await scene.at(MINUTE, [LIMIT, PAIR])).toMatchObject({
        outcome: 'no-data',
        findings: [
          { metric: 'cpu', outcome: 'no-data' },
          { metric: 'queue', outcome: 'pass' },
        ],
      });
      scene.restart();
      scene.says(`queue{service="${candidate.service}"}`, 20);
      expect(await scene.at(MINUTE, [LIMIT, PAIR])).toMatchObject({
        outcome: 'fail',
        reason: expect.stringContaining('queue'),
      });
    }));
});

describe('a gauge', () => {
  const samplesUntil = (count: number) => (count - 1) * 15_000;

  test('is compared when there are enough measurements of both versions at the same times', () =>
    onScene(async (scene) => {
      scene.says('load{new}', (at) => 20 + ((at / 15_000) % 3));
      // Stable was not measured for the first two times.
      scene.says('load{old}', (at) => (at < scene.from + 30_000 ? undefined : 10 + ((at / 15_000) % 3)));

      expect(await scene.at(samplesUntil(11), [GAUGE])).toMatchObject({
        outcome: 'too-little-traffic',
        reason: 'load: 9 measurements of both versions, 10 needed',
      });
      expect(await scene.at(samplesUntil(12), [GAUGE])).toMatchObject({
        outcome: 'fail',
        reason: expect.stringContaining('higher, which is worse'),
      });
    }));

  test('a warm-up is left out', () =>
    onScene(async (scene) => {
      scene.says('load{new}', 1);
      scene.says('load{old}', 1);
      const { limits } = scene.input([GAUGE]);
      await scene.at(samplesUntil(12), [GAUGE], [], { limits: { ...limits, warmUpMs: 20_000 } });
      expect(scene.metrics.asked.map(({ fromMs }) => fromMs - scene.from)).toEqual([20_000, 20_000]);
    }));

  test('several series are refused, nothing is no data', () =>
    onScene(async (scene) => {
      expect(await scene.at(MINUTE, [GAUGE])).toMatchObject({ outcome: 'no-data' });
      const two = () => [
        { labels: { pod: 'a' }, value: 1 },
        { labels: { pod: 'b' }, value: 2 },
      ];
      scene.metrics.answers.set('load{new}', two);
      scene.metrics.answers.set('load{old}', two);
      scene.restart();
      expect(await scene.at(samplesUntil(20), [GAUGE])).toMatchObject({
        outcome: 'no-data',
        reason: expect.stringContaining('2 series'),
      });
    }));
});

describe("Argo's templates", () => {
  const SHARE = (scene: Scene) => `share{hash="${scene.stage.scene.newHash}"}`;

  test('are measured at times that follow from the step alone: a judge that was restarted says the same', () =>
    onScene(async (scene) => {
      scene.says(SHARE(scene), (at) => (at === scene.from + 15_000 ? undefined : 0.95));

      expect(await scene.at(26_000, [TEMPLATE], [MEASURED])).toMatchObject({
        outcome: 'inconclusive',
        reason: 'argo.share: 2 of 2 successful so far, 3 needed, last 0.95',
      });
      expect(await scene.at(35_000, [TEMPLATE], [MEASURED])).toMatchObject({
        outcome: 'pass',
        findings: [{ metric: 'argo.share', outcome: 'pass', measured: 0.95 }],
      });
      scene.restart();
      expect(await scene.at(35_900, [TEMPLATE], [MEASURED])).toMatchObject({ outcome: 'pass' });
      expect(scene.metrics.asked.at(-1)).toMatchObject({ fromMs: scene.from + 5_000, toMs: scene.from + 35_000 });
    }));

  test('a failed one fails the step at once, a dry run never', () =>
    onScene(async (scene) => {
      scene.says(SHARE(scene), 0.5);
      expect(await scene.at(5_000, [TEMPLATE], [MEASURED])).toMatchObject({
        outcome: 'fail',
        reason: 'argo.share: 1 failed of 1, failureLimit 0, last 0.5',
      });

      scene.says('good', 1);
      const good = { ...MEASURED, name: 'good', query: 'good', count: 1 };
      expect(await scene.at(5_000, [TEMPLATE], [{ ...MEASURED, dryRun: true }, good])).toMatchObject({
        outcome: 'pass',
        reason: expect.stringMatching(/^argo\.good: /),
        findings: [
          { metric: 'argo.share', outcome: 'fail', dryRun: true },
          { metric: 'argo.good', outcome: 'pass' },
        ],
      });
      expect(await scene.at(5_000, [TEMPLATE], [{ ...MEASURED, dryRun: true }])).toMatchObject({ outcome: 'no-data' });
    }));

  test('Prometheus away is no data, however long, and no failure when it is back', () =>
    onScene(async (scene) => {
      scene.says(SHARE(scene), (at) => (at < scene.from + 10 * MINUTE ? undefined : 0.95));
      scene.stage.world.metricsAway(true);
      expect(await scene.at(5 * MINUTE, [TEMPLATE], [MEASURED])).toMatchObject({
        outcome: 'no-data',
        reason: expect.stringContaining('Prometheus'),
      });
      scene.stage.world.metricsAway(false);
      expect(await scene.at(9 * MINUTE, [TEMPLATE], [MEASURED])).toMatchObject({
        outcome: 'no-data',
        reason: expect.stringContaining('nothing measured yet'),
      });
      expect(await scene.at(11 * MINUTE, [TEMPLATE], [MEASURED])).toMatchObject({ outcome: 'pass' });
    }));

  test('a judgement of the recent past only still measures from the beginning of the step', () =>
    onScene(async (scene) => {
      scene.says(SHARE(scene), 0.95);
      const verdict = await scene.at(20 * MINUTE, [TEMPLATE], [MEASURED], {
        from: scene.from + 10 * MINUTE,
        stepFrom: scene.from,
      });
      expect(verdict).toMatchObject({ outcome: 'pass' });
      expect(scene.metrics.asked[0]).toMatchObject({ fromMs: scene.from + 5_000 });
    }));

  test('only what is new is asked for, and the last minute again', () =>
    onScene(async (scene) => {
      const endless = Object.fromEntries(
        Object.entries(MEASURED).filter(([name]) => name !== 'count'),
      ) as unknown as ResolvedMetric;
      scene.says(SHARE(scene), 0.95);
      await scene.at(10 * MINUTE, [TEMPLATE], [endless]);
      await scene.at(10 * MINUTE + 1_000, [TEMPLATE], [endless]);
      await scene.at(10 * MINUTE + 10_000, [TEMPLATE], [endless]);
      expect(scene.metrics.asked.map(({ fromMs, toMs }) => [fromMs - scene.from, toMs - scene.from])).toEqual([
        [5_000, 10 * MINUTE - 5_000],
        [9 * MINUTE + 5_000, 10 * MINUTE + 5_000],
      ]);
    }));

  test('a plan without the template has no data for it', () =>
    onScene(async (scene) => {
      expect(await scene.at(MINUTE, [{ ...TEMPLATE, name: 'other' }], [MEASURED])).toMatchObject({
        outcome: 'no-data',
        reason: expect.stringContaining('no such template'),
      });
    }));
});

describe('from the cluster to the verdict', () => {
  const template = (stage: Stage, spec: object): void =>
    stage.world.cluster.create(
      { kind: ANALYSIS_TEMPLATE, namespace: stage.world.target.namespace, name: 'share' },
      { spec },
    );
  const metrics: readonly MetricSpec[] = [{ ...TEMPLATE, args: { service: '{{args.candidate_service}}' } }];
  const spec = (successCondition: string) => ({
    args: [{ name: 'service' }],
    metrics: [
      { name: 'share', successCondition, provider: { prometheus: { query: 'share{service="{{args.service}}"}' } } },
    ],
  });
  const planned = (successCondition: string, body: (stage: Stage) => Promise<void>): Promise<void> => {
    const stage = new Stage();
    Object.assign(stage.spec.analysis, { metrics });
    template(stage, spec(successCondition));
    return onStage(stage, body);
  };

  test('a template is read by preflight, fixed in the plan, and judged from it, whatever is written to it meanwhile', () =>
    planned('result[0] > 0.9', async (stage) => {
      await stage.atStep();
      const { service } = stage.scene.plan.candidate;
      expect(stage.scene.plan.templates).toMatchObject([
        { name: 'argo', template: 'share', metrics: [{ query: `share{service="${service}"}` }] },
      ]);
      stage.world.cluster.update(
        { kind: ANALYSIS_TEMPLATE, namespace: stage.world.target.namespace, name: 'share' },
        (object) => void Object.assign(object, { spec: spec('result[0] > 2') }),
      );

      stage.world.metrics.answers.set(`share{service="${service}"}`, 0.95);
      expect(await stage.run('awaitVerdict', stage.watch())).toMatchObject({
        outcome: 'pass',
        findings: expect.arrayContaining([expect.objectContaining({ metric: 'argo.share', outcome: 'pass' })]),
      });

      stage.world.metrics.answers.set(`share{service="${service}"}`, 0.5);
      expect(await stage.run('guard', stage.watch())).toMatchObject({
        kind: 'failed',
        verdict: { reason: 'argo.share: 1 failed of 1, failureLimit 0, last 0.5' },
      });
    }));

  test('one that is not understood refuses the release before anything was marked', () =>
    planned('result[0] =~ 1', async (stage) => {
      await expect(stage.planned()).rejects.toThrow(
        'spec.metrics[0].successCondition: result[0] =~ 1 cannot be evaluated',
      );
    }));
});
