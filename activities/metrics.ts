import { SluiceError } from '../src/domain/errors.ts';
import { judgeGauge, mostSamples } from '../src/domain/analysis/gauge-judge.ts';
import type {
  GaugeMetric,
  LimitMetric,
  MetricSpec,
  PairMetric,
  QueryMetric,
  TemplateMetric,
} from '../src/domain/analysis/metric-spec.ts';
import { argumentsOf, fillArguments, queriesOf, type ArgumentValues } from '../src/domain/analysis/query-arguments.ts';
import { seriesProblem } from '../src/domain/analysis/series-problem.ts';
import { assess } from '../src/domain/analysis/template/assess.ts';
import { measuring } from '../src/domain/analysis/template/measure.ts';
import type { ResolvedMetric } from '../src/domain/analysis/template/resolved.ts';
import { judgeLimit, judgePair, noData } from '../src/domain/analysis/value-judges.ts';
import { worst, type Finding, type Judged } from '../src/domain/analysis/verdict.ts';
import type { AnalysisSpec } from '../src/domain/release/plan.ts';
import type { QueryRecord } from '../src/domain/release/record.ts';
import type { Measurements, Point } from './measurements.ts';
import type { Scene } from '../src/domain/release/scene.ts';

/** The findings of the release file's metrics on a step. `outcome` is undefined when only dry runs were judged. */
export interface JudgedMetrics {
  readonly outcome: Judged | undefined;
  readonly findings: readonly Finding[];
  readonly queries: readonly QueryRecord[];
}

/** What is judged, and when. */
export interface Moment {
  readonly limits: AnalysisSpec;
  readonly scene: Scene;
  /** When the step's weight came into force. All times of measurement follow from it. */
  readonly stepFrom: number;
  readonly to: number;
  /** In percent. */
  readonly weight?: number;
}

interface Asked {
  readonly findings: readonly Finding[];
  readonly queries: readonly QueryRecord[];
}

/**
 * Judges every metric of the release file. If Prometheus does not answer for one metric, that metric alone has no data.
 */
export async function judgeMetrics(measurements: Measurements, moment: Moment): Promise<JudgedMetrics> {
  const values = argumentsOf(moment.scene.target, moment.scene.plan, moment.scene.newHash, moment.weight);
  const asked = await Promise.all(
    (moment.limits.metrics ?? []).map((metric) => new MetricJudge(measurements, moment, values).judge(metric)),
  );
  const findings = asked.flatMap((one) => one.findings);
  return {
    outcome: worst(findings.filter(({ dryRun }) => !dryRun).map(({ outcome }) => outcome)),
    findings,
    queries: asked.flatMap(({ queries }) => queries),
  };
}

class MetricJudge {
  readonly #measurements: Measurements;
  readonly #moment: Moment;
  readonly #values: ArgumentValues;
  readonly #queries: QueryRecord[] = [];

  constructor(measurements: Measurements, moment: Moment, values: ArgumentValues) {
    this.#measurements = measurements;
    this.#moment = moment;
    this.#values = values;
  }

  async judge(metric: MetricSpec): Promise<Asked> {
    const findings = await this.#unlessAway(metric.name, () => this.#findings(metric));
    return { findings, queries: this.#queries };
  }

  async #findings(metric: MetricSpec): Promise<readonly Finding[]> {
    switch (metric.kind) {
      case 'limit':
      case 'pair':
        return [await this.#now(metric)];
      case 'gauge':
        return [await this.#gauge(metric)];
      case 'template':
        return this.#template(metric);
    }
  }

  async #unlessAway(name: string, judge: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
    try {
      return await judge();
    } catch (error) {
      if (error instanceof SluiceError) return [noData(name, error.message)];
      throw error;
    }
  }

  /** Values of one time, from the end of the soak on. Earlier values may include the time before the step. */
  async #now(metric: LimitMetric | PairMetric): Promise<Finding> {
    const { stepFrom, limits, to } = this.#moment;
    const times = { startMs: stepFrom + limits.soakMs, stepMs: metric.intervalMs };
    if (to < times.startMs)
      return { metric: metric.name, outcome: 'inconclusive', reason: `${metric.name}: measured when the soak is over` };
    const [first, second] = await this.#ask(metric, (promql) => this.#measurements.last(promql, times, to));
    return metric.kind === 'limit'
      ? judgeLimit(metric, first?.answer ?? [])
      : judgePair(metric, { candidate: first?.answer ?? [], stable: second?.answer ?? [] });
  }

  async #gauge(metric: GaugeMetric): Promise<Finding> {
    const { stepFrom, limits, to } = this.#moment;
    const times = { startMs: stepFrom + (limits.warmUpMs ?? 0), stepMs: metric.intervalMs, most: mostSamples(metric) };
    const arms: (readonly Point[])[] = [];
    await this.#ask(metric, async (promql, index) => {
      const points = await this.#measurements.all(promql, times, to);
      arms[index] = points;
      return points.at(-1);
    });
    const [candidate = [], stable = []] = arms;
    const problem = seriesProblem(candidate.at(-1)?.answer ?? []) ?? seriesProblem(stable.at(-1)?.answer ?? []);
    if (problem?.kind === 'several') return noData(metric.name, problem.reason);
    const both = candidate.flatMap(({ answer }, index) => {
      const [mine, theirs] = [answer, stable[index]?.answer ?? []];
      return seriesProblem(mine) || seriesProblem(theirs)
        ? []
        : [{ candidate: mine[0]?.value as number, stable: theirs[0]?.value as number }];
    });
    return judgeGauge(metric, { candidate: both.map((one) => one.candidate), stable: both.map((one) => one.stable) });
  }

  async #template({ name }: TemplateMetric): Promise<readonly Finding[]> {
    const template = this.#moment.scene.plan.templates?.find((one) => one.name === name);
    if (!template) return [noData(name, 'the plan of this release has no such template')];
    const findings = await Promise.all(
      template.metrics.map((metric) =>
        this.#unlessAway(`${name}.${metric.name}`, async () => [await this.#measured(name, metric)]),
      ),
    );
    return findings.flat();
  }

  async #measured(template: string, metric: ResolvedMetric): Promise<Finding> {
    const { stepFrom, to } = this.#moment;
    const name = `${template}.${metric.name}`;
    const promql = fillArguments(metric.query, this.#values);
    const points = await this.#recorded(
      { name, promql },
      async () =>
        this.#measurements.all(promql, { startMs: stepFrom + metric.initialDelayMs, stepMs: metric.intervalMs }, to),
      (all) => all.at(-1),
    );
    const measure = measuring(metric);
    return assess(
      { ...metric, name },
      points.map(({ at, answer }) =>
        measure(
          at,
          answer.map(({ value }) => value),
        ),
      ),
    );
  }

  #ask(
    metric: QueryMetric,
    answer: (promql: string, index: number) => Promise<Point | undefined>,
  ): Promise<readonly (Point | undefined)[]> {
    const queries = queriesOf(metric, this.#values);
    return Promise.all(
      queries.map(({ arm, promql }, index) =>
        this.#recorded(
          { name: metric.name, ...(arm ? { arm } : {}), promql },
          () => answer(promql, index),
          (point) => point,
        ),
      ),
    );
  }

  async #recorded<T>(
    query: Pick<QueryRecord, 'name' | 'arm' | 'promql'>,
    ask: () => Promise<T>,
    newest: (found: T) => Point | undefined,
  ): Promise<T> {
    try {
      const found = await ask();
      const point = newest(found);
      if (point) this.#queries.push({ ...query, at: point.at, values: point.answer });
      return found;
    } catch (error) {
      if (error instanceof SluiceError)
        this.#queries.push({ ...query, at: this.#moment.to, values: [], error: error.message });
      throw error;
    }
  }
}
